import { fromCallback } from "xstate";
import { failureFrom } from "../../machines/errors.js";
import type { RunPorts } from "../../machines/run/run.ports.js";
import type { LockEvent } from "../../machines/run/run.types.js";
import type { Domain, LockCard } from "../../machines/vocabulary.js";
import { blankCard, readCard, readHolderCard, writeCard } from "./card.js";
import type { HeldLocks } from "./held-locks.js";
import { lockPath } from "./lock-file.js";
import { waitForLock } from "./wait-for-lock.js";

export interface LockSettings {
  readonly dir: string;
  readonly held: HeldLocks;
  /** Who we are, for those who wait behind us. `since` is filled in when we have it. */
  readonly card: () => LockCard;
  /** The last holder's card, before ours takes its place: by it, what that holder left is found. */
  readonly onPrevious?: (card: LockCard | null) => void;
  /** How often the holder looks whether the file is still its own. ms */
  readonly watchMs?: number;
}

const defaultWatchMs = 2_000;

const acquire = async (
  settings: LockSettings,
  domain: Domain,
  signal: AbortSignal,
  say: (event: LockEvent) => void,
): Promise<boolean> => {
  const path = lockPath(settings.dir, domain);
  const fd = await waitForLock(path, {
    signal,
    onBusy: (busy) => say({ type: "lock.busy", card: readHolderCard(busy) ?? blankCard }),
  });
  if (fd === null) return false;
  settings.held.keep(domain, { fd, path });
  const previous = readCard(fd);
  settings.onPrevious?.(previous);
  writeCard(fd, { ...settings.card(), since: new Date().toISOString() });
  say({ type: "lock.held", previous });
  return true;
};

/**
 * Waits for the app's lock in the kernel's queue, says when it has it, and from then on whether the file is still ours.
 *
 * Leaving the state ends the waiting or the watching; a lock that we have stays with the process. The port never
 * throws: what goes wrong is an event.
 */
export const holdLock = (settings: LockSettings): RunPorts["holdLock"] =>
  fromCallback<LockEvent, { domain: Domain }>(({ sendBack, input: { domain } }) => {
    const leaving = new AbortController();
    let watch: NodeJS.Timeout | undefined;
    const say = (event: LockEvent): void => {
      if (!leaving.signal.aborted) sendBack(event);
    };
    const look = (): void => {
      if (settings.held.isStillMine(domain)) return;
      clearInterval(watch);
      say({ type: "lock.lost" });
    };
    acquire(settings, domain, leaving.signal, say).then(
      (ours) => {
        if (ours && !leaving.signal.aborted) watch = setInterval(look, settings.watchMs ?? defaultWatchMs);
      },
      (error: unknown) => say({ type: "lock.failed", failure: failureFrom(error) }),
    );
    return () => {
      leaving.abort();
      clearInterval(watch);
    };
  });
