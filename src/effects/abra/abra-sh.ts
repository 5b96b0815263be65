export type Exports = Readonly<Record<string, string>>;

/** `NAME=value` at the beginning of a line, exported or not; quotes at both ends go. */
const assignment = /^(?:[ \t]*export[ \t]+)?([A-Za-z_]\w*)=(?:"([^"\n]*)"|'([^'\n]*)'|([^\s#;]*))/gm;

/**
 * The versions and such that abra takes over from a recipe's abra.sh. Nothing of it is run.
 *
 * abra reads the lines that begin with `export`; what is assigned without is read here too, for other readers may.
 */
export const exportsIn = (abraSh: string): Exports =>
  Object.fromEntries([...abraSh.matchAll(assignment)].map(([, name = "", double, single, bare]) => [name, double ?? single ?? bare ?? ""]));

/** Quotes are no part of it: a line that has one right behind the `=` is none for abra. */
const abraLine = /^export[\t\f ]+\w+=\w/;

/**
 * The same by the letter of abra's own reader, which is no shell: of a line that exports twice the last one counts, up to the
 * line's end with quotes and comment. Background knowledge, not seen; so what either reading comes to must be allowed.
 */
export const exportsByAbra = (abraSh: string): Exports =>
  Object.fromEntries(
    abraSh.split("\n").flatMap((text) => {
      const line = text.replace(/\r$/, "");
      const [name = "", value, ...more] = abraLine.test(line) ? (line.split("export ").at(-1) ?? "").split("=") : [];
      return value === undefined || more.length > 0 ? [] : [[name, value] as const];
    }),
  );
