import { fromCallback } from "xstate";
import { failureFrom } from "../../machines/errors.js";
import type { RunPorts } from "../../machines/run/run.ports.js";
import type { LockEvent } from "../../machines/run/run.types.js";
import type { Domain, LockCard } from "../../machines/vocabulary.js";
import { blankCard, readCard, readHolderCard, writeCard } from "./card.js";
import type { HeldLocks } from "./held-locks.js";
import { lockPath } from "./lock-file.js";
import { waitForLock } from "./wait-for-lock.js";

interface LockSettings {
  readonly dir: string;
  readonly held: HeldLocks;
  /** Our card, for those who wait behind us. `since` is filled in when we have the lock. */
  readonly card: () => LockCard;
  /** Called once for each app with the last holder's card, before ours replaces it: the card leads to what that holder left. */
  readonly onPrevious?: (card: LockCard | null, domain: Domain) => void;
  /** How often the holder checks that the file is still its own. ms */
  readonly watchMs?: number;
}

const defaultWatchMs = 2_000;

const acquire = async (
  settings: LockSettings,
  domain: Domain,
  signal: AbortSignal,
  say: (event: LockEvent) => void,
): Promise<{ readonly previous: LockCard | null } | null> => {
  const path = lockPath(settings.dir, domain);
  const fd = await waitForLock(path, {
    signal,
    onBusy: (busy) => say({ type: "lock.busy", card: readHolderCard(busy) ?? blankCard }),
  });
  if (fd === null) return null;
  settings.held.keep(domain, { fd, path });
  const previous = readCard(fd);
  settings.onPrevious?.(previous, domain);
  writeCard(fd, { ...settings.card(), since: new Date().toISOString() });
  return { previous };
};

interface LockInput {
  readonly domain: Domain;
  /** The other apps of the run: its deps. */
  readonly others: readonly Domain[];
}

/**
 * Takes the locks one after the other in the order of their names, which is the same in every run. So of two runs that
 * need some of the same apps, the one with the first lock gets the rest too, and neither waits for ever. Resolves with
 * the app's own.
 */
const acquireAll = async (
  settings: LockSettings,
  { domain, others }: LockInput,
  signal: AbortSignal,
  say: (event: LockEvent) => void,
): Promise<{ readonly previous: LockCard | null } | null> => {
  let own: { readonly previous: LockCard | null } | null = null;
  for (const each of [...new Set([domain, ...others])].sort()) {
    const acquired = await acquire(settings, each, signal, say);
    if (acquired === null) return null;
    if (each === domain) own = acquired;
  }
  return own;
};

/**
 * Waits in the kernel's queues for the locks of all the run's apps, reports when it has them all, and from then on if a lock
 * file is no longer ours.
 *
 * Leaving the state ends the waiting or watching; locks that we have stay with the process. The port never throws: a failure
 * is an event.
 */
export const holdLock = (settings: LockSettings): RunPorts["holdLock"] =>
  fromCallback<LockEvent, LockInput>(({ sendBack, input }) => {
    const domains = [input.domain, ...input.others];
    const leaving = new AbortController();
    let watch: NodeJS.Timeout | undefined;
    const say = (event: LockEvent): void => {
      if (!leaving.signal.aborted) sendBack(event);
    };
    const look = (): void => {
      if (domains.every((domain) => settings.held.isStillMine(domain))) return;
      clearInterval(watch);
      say({ type: "lock.lost" });
    };
    acquireAll(settings, input, leaving.signal, say).then(
      (ours) => {
        if (ours === null || leaving.signal.aborted) return;
        say({ type: "lock.held", previous: ours.previous });
        watch = setInterval(look, settings.watchMs ?? defaultWatchMs);
      },
      (error: unknown) => say({ type: "lock.failed", failure: failureFrom(error) }),
    );
    return () => {
      leaving.abort();
      clearInterval(watch);
    };
  });
