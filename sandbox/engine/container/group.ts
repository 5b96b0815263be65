import { readFileSync, readdirSync } from "node:fs";

/** Signals a process group. False if it is gone. */
export const signalGroup = (pid: number | null, signal: NodeJS.Signals): boolean => {
  if (pid === null) return false;
  try {
    process.kill(-pid, signal);
    return true;
  } catch {
    return false;
  }
};

const environmentOf = (pid: string): string => {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8");
  } catch {
    return ""; // It ended meanwhile, or is another user's.
  }
};

/** Kills every process whose container's file system is below this folder: what a killed engine left running. */
export const killStrays = (rootfs: string): void => {
  for (const pid of readdirSync("/proc")) {
    if (!/^\d+$/.test(pid) || !environmentOf(pid).includes(`SANDBOX_ROOTFS=${rootfs}/`)) continue;
    try {
      process.kill(Number(pid), "SIGKILL");
    } catch {
      // It ended meanwhile.
    }
  }
};
