import { fstatSync } from "node:fs";
import type { Domain, LockCard } from "../../machines/vocabulary.js";
import { RunError } from "../../machines/errors.js";
import { bestEffort } from "../record/best-effort.js";
import { readCard, readHolderCard } from "./card.js";
import { tryFlock } from "./flock.js";
import type { HeldLocks } from "./held-locks.js";
import { locksHeldNow } from "./kernel-locks.js";
import { closeQuietly, isLive, lockPath, openLockFile } from "./lock-file.js";

type LockProbe =
  /** Nobody held it, and it is ours until it is released. `card`: that of the last holder, if any. */
  | { readonly kind: "ours"; readonly card: LockCard | null }
  /** There is no lock file and none was made: nobody holds it. */
  | { readonly kind: "free" }
  | { readonly kind: "held"; readonly card: LockCard | null; readonly heldMs: number }
  | { readonly kind: "replaced" }
  | { readonly kind: "unusable"; readonly reason: string };

/**
 * Tries an app's lock without waiting. If we get it, it is kept in `held`, and the caller must release it.
 *
 * `create: false` looks without leaving a file behind. Never throws.
 */
export const probeLock = (dir: string, domain: Domain, held: HeldLocks, create: boolean): LockProbe => {
  const path = lockPath(dir, domain);
  let fd: number | null = null;
  try {
    fd = openLockFile(path, create);
    if (fd === null) return { kind: "free" };
    if (!tryFlock(fd)) {
      // The holder touches its file when it gets the lock.
      const probe: LockProbe = { kind: "held", card: readHolderCard(fd), heldMs: Date.now() - fstatSync(fd).mtimeMs };
      closeQuietly(fd);
      return probe;
    }
    if (!isLive(fd, path)) {
      closeQuietly(fd);
      return { kind: "replaced" };
    }
    held.keep(domain, { fd, path });
    return { kind: "ours", card: readCard(fd) };
  } catch (error) {
    if (fd !== null) closeQuietly(fd);
    // Of a file that this user may not open the kernel's list tells all the same whether it is held.
    const heldMs = bestEffort(() => locksHeldNow()(path));
    if (heldMs !== null) return { kind: "held", card: null, heldMs };
    return { kind: "unusable", reason: error instanceof RunError ? error.message : String(error) };
  }
};

/**
 * After our file was replaced: tries the live one. `taken` means that another run has the app, and nothing of it is ours
 * to touch. The old descriptor is let go only when the new one is ours.
 */
export const reclaimLock = (dir: string, domain: Domain, held: HeldLocks): "ours" | "taken" => {
  const path = lockPath(dir, domain);
  const fd = openLockFile(path, true);
  if (fd === null) return "taken";
  if (!tryFlock(fd) || !isLive(fd, path)) {
    closeQuietly(fd);
    return "taken";
  }
  held.release(domain);
  held.keep(domain, { fd, path });
  return "ours";
};
