export type Exports = Readonly<Record<string, string>>;

/** `NAME=value` at the beginning of a line, exported or not, without the quotes around the value. */
const assignment = /^(?:[ \t]*export[ \t]+)?([A-Za-z_]\w*)=(?:"([^"\n]*)"|'([^'\n]*)'|([^\s#;]*))/gm;

/**
 * The variables, such as versions, that abra reads from a recipe's abra.sh. Nothing of it is run.
 *
 * abra reads the lines that begin with `export`. Other assignments are read here too, because other readers may read them.
 */
export const exportsIn = (abraSh: string): Exports =>
  Object.fromEntries([...abraSh.matchAll(assignment)].map(([, name = "", double, single, bare]) => [name, double ?? single ?? bare ?? ""]));

/** abra ignores a line with a quote right after the `=`. */
const abraLine = /^export[\t\f ]+\w+=\w/;

/**
 * The same, exactly as abra's own reader does it, which is not a shell: if a line exports twice, the last one counts, and its
 * value goes to the end of the line, with quotes and comment. Background knowledge, not seen, so the results of both
 * readings must be allowed.
 */
export const exportsByAbra = (abraSh: string): Exports =>
  Object.fromEntries(
    abraSh.split("\n").flatMap((text) => {
      const line = text.replace(/\r$/, "");
      const [name = "", value, ...more] = abraLine.test(line) ? (line.split("export ").at(-1) ?? "").split("=") : [];
      return value === undefined || more.length > 0 ? [] : [[name, value] as const];
    }),
  );
