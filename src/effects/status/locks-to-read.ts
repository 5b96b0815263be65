import { lstatSync } from "node:fs";
import type { Domain } from "../../machines/vocabulary.js";
import { locksHeldNow } from "../lock/kernel-locks.js";
import { lockPath } from "../lock/lock-file.js";
import { bestEffort } from "../record/best-effort.js";

/**
 * Far more than a host has apps. Reading one takes some tenths of a millisecond, and in a folder like /run/lock anybody may create files.
 */
const readMost = 1_000;

/**
 * The apps whose lock files are read, among those of which there is only a lock file: first those whose lock the kernel
 * lists as held, then those that were written last. `left`: how many are not read.
 */
export const locksToRead = (
  lockDir: string,
  domains: readonly Domain[],
  most = readMost,
): { readonly read: readonly Domain[]; readonly left: number } => {
  if (domains.length <= most) return { read: domains, left: 0 };
  const heldFor = locksHeldNow();
  const found = domains.map((domain) => {
    const path = lockPath(lockDir, domain);
    return {
      domain,
      isHeld: bestEffort(() => heldFor(path)) !== null,
      writtenMs: lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0,
    };
  });
  const read = found.toSorted((a, b) => Number(b.isHeld) - Number(a.isHeld) || b.writtenMs - a.writtenMs).slice(0, most);
  return { read: read.map(({ domain }) => domain), left: domains.length - most };
};
