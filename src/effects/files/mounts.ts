import { readFileSync, realpathSync } from "node:fs";
import { basename, dirname, join, sep } from "node:path";

/** The kernel writes blanks, tabs, line ends and backslashes of a path as octal numbers. */
const unescaped = (path: string): string =>
  path.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCodePoint(Number.parseInt(octal, 8)));

const allMounts = (): readonly string[] => {
  try {
    return readFileSync("/proc/self/mountinfo", "utf8")
      .split("\n")
      .flatMap((line) => unescaped(line.split(" ", 5)[4] ?? "") || []);
  } catch {
    return []; // Without /proc it is not known.
  }
};

/** File systems mounted on a folder or below it: their content does not belong to the folder. `path` must not be a link. */
export const mountsIn = (path: string): readonly string[] => {
  const real = join(realpathSync(dirname(path)), basename(path));
  return allMounts().filter((mount) => mount === real || mount.startsWith(real + sep));
};
