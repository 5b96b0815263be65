import { readFileSync, writeFileSync } from "node:fs";

/**
 * Replaces the first occurrence of a text in a file. Throws if there is none: a test that changed nothing would prove nothing.
 */
export const replaceIn = (file: string, from: string, to: string): void => {
  const before = readFileSync(file, "utf8");
  if (!before.includes(from)) throw new Error(`${file} has no ${from}`);
  writeFileSync(file, before.replace(from, to));
};
