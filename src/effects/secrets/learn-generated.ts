import { rememberSecret } from "../redact.js";

/** The secrets that the settings ask for: `SECRET_DB_PASSWORD_VERSION` asks for one that abra calls `db_password`. */
export const secretsAskedFor = (settings: Readonly<Record<string, string>>): readonly string[] =>
  Object.keys(settings).flatMap((key) => /^SECRET_(\w+)_VERSION$/.exec(key)?.[1]?.toLowerCase() ?? []);

// oxlint-disable-next-line no-control-regex -- the escape character is what begins a colour code
const colours = /\u001B\[[\d;]*m/g;
const cellMin = 4;
const border = /[|│┃║\s]+/;

const cellsOf = (line: string): readonly string[] => line.split(border).filter((cell) => cell !== "");

/**
 * The generated values by name, for those who need them: if a table's line has one cell after the name, that cell.
 * Values that were printed in another way are missing.
 */
export const generatedIn = (output: string, asked: readonly string[]): Readonly<Record<string, string>> => {
  const names = new Set(asked);
  const pairs = output.replaceAll(colours, "").split("\n").map(cellsOf);
  return Object.fromEntries(
    pairs.flatMap(([name = "", value, ...more]) =>
      value !== undefined && more.length === 0 && names.has(name.toLowerCase()) ? [[name.toLowerCase(), value]] : [],
    ),
  );
};

/** Learns from a JSON answer the strings beside a secret's name and under it. */
const learnFromJson = (value: unknown, names: ReadonlySet<string>): void => {
  if (typeof value !== "object" || value === null) return;
  const entries = Object.entries(value);
  const isNamed = entries.some(([, inner]) => typeof inner === "string" && names.has(inner.toLowerCase()));
  for (const [key, inner] of entries) {
    if (typeof inner !== "string") learnFromJson(inner, names);
    else if (!names.has(inner.toLowerCase()) && (names.has(key.toLowerCase()) || (isNamed && /value|data/i.test(key))))
      rememberSecret(inner);
  }
};

/**
 * Learns the values that `secret generate` printed. On a line that begins with a secret's name: what follows it,
 * however short. Elsewhere: every word that is too long for a person's word.
 */
export const learnGenerated = (output: string, asked: readonly string[]): void => {
  const names = new Set(asked);
  for (const line of output.replaceAll(colours, "").split("\n")) {
    const [name = "", ...values] = cellsOf(line);
    if (values.length === 0 || !names.has(name.toLowerCase())) continue;
    // A single cell is the value. Several may be columns, or one value with blanks or borders in it, so short ones are ignored.
    for (const value of values) if (values.length === 1 || value.length >= cellMin) rememberSecret(value);
    if (values.length > 1)
      rememberSecret(line.slice(line.indexOf(values[0] ?? "", line.indexOf(name) + name.length)).replace(/[|│┃║\s]{1,200}$/, ""));
  }
  for (const [word] of output.matchAll(/[^\s"'|│┃,:{}[\]]{12,}/g)) rememberSecret(word);
  const begin = output.search(/^[[{]/m);
  if (begin < 0) return;
  try {
    learnFromJson(JSON.parse(output.slice(begin)), names);
  } catch {
    // It is not JSON: a line of a log may begin with a bracket too.
  }
};
