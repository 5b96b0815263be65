import { readFileSync } from "node:fs";

/**
 * Whether a process does not run at the moment, by a signal (SIGSTOP) or a debugger. The state stands behind the name,
 * which is in brackets and may have some itself.
 */
export const isStopped = (pid: number): boolean => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return /^\) [Tt] /.test(stat.slice(stat.lastIndexOf(")")));
  } catch {
    return false; // The process is gone.
  }
};
