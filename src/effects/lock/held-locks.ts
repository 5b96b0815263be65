import { unlinkSync } from "node:fs";
import type { Domain } from "../../machines/vocabulary.js";
import { closeQuietly, isLive } from "./lock-file.js";

interface HeldLock {
  readonly fd: number;
  readonly path: string;
}

/**
 * The locks of this process. A run's own lock is never released: only the end of the process frees it.
 *
 * Descriptors live here and not in actors, so that neither leaving a state nor a broken chart frees one.
 */
export class HeldLocks {
  readonly #held = new Map<Domain, HeldLock>();

  keep(domain: Domain, lock: HeldLock): void {
    this.#held.set(domain, lock);
  }

  get(domain: Domain): HeldLock | undefined {
    return this.#held.get(domain);
  }

  /** Whether we hold the lock, and on the file that the path names now. */
  isStillMine(domain: Domain): boolean {
    const lock = this.#held.get(domain);
    return lock !== undefined && isLive(lock.fd, lock.path);
  }

  /** A reap's last act under its lock, and the only way in which a lock file is ever unlinked. False if it was not ours to unlink. */
  unlink(domain: Domain): boolean {
    const lock = this.#held.get(domain);
    if (lock === undefined || !isLive(lock.fd, lock.path)) return false;
    unlinkSync(lock.path);
    return true;
  }

  /** Frees a reap's lock, or one that was lost. Never call it for a run's own lock. */
  release(domain: Domain): void {
    const lock = this.#held.get(domain);
    if (lock === undefined) return;
    this.#held.delete(domain);
    closeQuietly(lock.fd);
  }

  /** Frees all locks when a janitor ends and its children are gone. */
  releaseAll(): void {
    for (const domain of this.#held.keys()) this.release(domain);
  }
}
