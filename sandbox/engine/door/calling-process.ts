import { readFileSync, readlinkSync } from "node:fs";
import type { Caller } from "../../shared/caller.js";

/** Whether a process runs. A zombie does not count as alive: nobody has waited for it yet. */
export const isAlive = (pid: number): boolean => {
  try {
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
};

const parts = (file: string): readonly string[] => readFileSync(file, "utf8").split("\0").slice(0, -1);

/** How a tool was called: what the kernel knows of its process. Throws if the process is gone. */
export const callOf = (pid: number): Pick<Caller, "argv" | "env" | "cwd"> => {
  // The shell and its script come first.
  const [, , ...argv] = parts(`/proc/${pid}/cmdline`);
  const pairs = parts(`/proc/${pid}/environ`).map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]);
  return { argv, env: Object.fromEntries(pairs), cwd: readlinkSync(`/proc/${pid}/cwd`) };
};
