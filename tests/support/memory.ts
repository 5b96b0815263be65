import { accessSync, constants, readFileSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";

const memory = "/dev/shm";
const memoryMin = 2 * 1024 ** 3;

/** Where worlds lie: in memory, if programs may run there, for a sandbox makes and removes thousands of small files. */
export const worldsFolder = (): string => {
  try {
    const [, , type, options = ""] =
      readFileSync("/proc/mounts", "utf8")
        .split("\n")
        .map((line) => line.split(" "))
        .findLast(([, folder]) => folder === memory) ?? [];
    const { bavail, bsize } = statfsSync(memory);
    accessSync(memory, constants.W_OK);
    return type === "tmpfs" && !options.split(",").includes("noexec") && bavail * bsize >= memoryMin ? memory : tmpdir();
  } catch {
    return tmpdir();
  }
};
