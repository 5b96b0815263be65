import { readFileSync } from "node:fs";

/**
 * Whether a process is stopped by a signal (SIGSTOP) or a debugger. In /proc its state comes after its name, which is in
 * brackets and may contain some.
 */
export const isStopped = (pid: number): boolean => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return /^\) [Tt] /.test(stat.slice(stat.lastIndexOf(")")));
  } catch {
    return false; // The process is gone.
  }
};
