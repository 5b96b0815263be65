import { readFileSync, writeFileSync } from "node:fs";

/**
 * Puts another text in the place of the first such one in a file. Throws where there is none: a test that changes nothing shows nothing.
 */
export const replaceIn = (file: string, from: string, to: string): void => {
  const before = readFileSync(file, "utf8");
  if (!before.includes(from)) throw new Error(`${file} has no ${from}`);
  writeFileSync(file, before.replace(from, to));
};
