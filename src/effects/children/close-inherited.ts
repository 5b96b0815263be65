import { closeSync, readdirSync, readFileSync } from "node:fs";

/** O_CLOEXEC as the kernel writes it: closed where another program begins. All that is opened in this process has it. */
const closesOnExec = 0o2_000_000;
/** node itself keeps these from children, whatever they are; among them are the standard ones and the launcher's pipe. */
const nodesOwn = 15;

const isInherited = (fd: number): boolean => {
  try {
    const [, flags = ""] = /^flags:\s*([0-7]{1,12})$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, "utf8")) ?? [];
    return flags !== "" && (Number.parseInt(flags, 8) & closesOnExec) === 0;
  } catch {
    return false; // The one that listed them.
  }
};

const descriptors = (): readonly number[] => {
  try {
    return readdirSync("/proc/self/fd").map(Number);
  } catch {
    return []; // No /proc; there the process works as any other.
  }
};

/**
 * Closes what we got from whoever called us and did not ask for: a script's `exec 200>lock; flock 200`, a CI's own pipes. Each
 * child would get it from us, a stranger's test too, and could write to it, or hold a lock beyond the script's end. Beyond the
 * first sixteen node sees to it only up to the first gap. Called once, before anything else is opened.
 */
export const closeInherited = (): void => {
  for (const fd of descriptors()) if (fd > nodesOwn && isInherited(fd)) closeSync(fd);
};
