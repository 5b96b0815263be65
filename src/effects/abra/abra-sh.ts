/** `NAME=value` at the beginning of a line, exported or not; quotes at both ends go. */
const assignment = /^(?:[ \t]*export[ \t]+)?([A-Za-z_]\w*)=(?:"([^"\n]*)"|'([^'\n]*)'|([^\s#;]*))/gm;

/**
 * The versions and such that abra takes over from a recipe's abra.sh. Nothing of it is run.
 *
 * abra reads the lines that begin with `export`; what is assigned without is read here too, for other readers may.
 */
export const exportsIn = (abraSh: string): Readonly<Record<string, string>> =>
  Object.fromEntries([...abraSh.matchAll(assignment)].map(([, name = "", double, single, bare]) => [name, double ?? single ?? bare ?? ""]));
