import { closeSync, readdirSync, readFileSync } from "node:fs";

/** O_CLOEXEC as the kernel writes it: the descriptor is closed on exec. Everything that this process opens has it. */
const closesOnExec = 0o2_000_000;
/** node itself never passes descriptors up to this one to children; they include the standard streams and the launcher's pipe. */
const nodesOwn = 15;

const isInherited = (fd: number): boolean => {
  try {
    const [, flags = ""] = /^flags:\s*([0-7]{1,12})$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, "utf8")) ?? [];
    return flags !== "" && (Number.parseInt(flags, 8) & closesOnExec) === 0;
  } catch {
    return false; // The descriptor that listed them.
  }
};

const descriptors = (): readonly number[] => {
  try {
    return readdirSync("/proc/self/fd").map(Number);
  } catch {
    return []; // Without /proc the process goes on like any other.
  }
};

/**
 * Closes descriptors that we inherited from our caller without asking: a script's `exec 200>lock; flock 200`, a CI's
 * own pipes. Otherwise every child, a stranger's test included, would inherit them and could write to them, or hold a
 * lock after the script's end. node marks inherited descriptors close-on-exec only up to the first gap beyond the first
 * sixteen. Call this once, before anything else is opened.
 */
export const closeInherited = (): void => {
  for (const fd of descriptors()) if (fd > nodesOwn && isInherited(fd)) closeSync(fd);
};
