import { setTimeout as pause } from "node:timers/promises";
import { tryFlock } from "./flock.js";
import { closeQuietly, isLive, openLockFile, lockUnusable } from "./lock-file.js";
import { startWaitHelper } from "./wait-helper.js";

/** After this many in a row, setpriv or flock do not work here. */
const failuresMax = 3;
const pollMs = 250;
/** How often to check whether somebody stopped the helper, which would then wait for ever. */
const lookMs = 5_000;

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });

/** Waits once, by a helper or, if helpers do not work, by a short pause. Returns the number of failures so far. */
const waitOnce = async (fd: number, signal: AbortSignal, failures: number): Promise<number> => {
  if (failures >= failuresMax) {
    await pause(pollMs, undefined, { signal }).catch(() => undefined);
    return failures;
  }
  const helper = startWaitHelper(fd);
  const stop = aborted(signal).then(helper.kill);
  const look = setInterval(() => {
    if (helper.isStopped()) helper.kill();
  }, lookMs).unref();
  const end = await helper.gone;
  clearInterval(look);
  // Only an abort resolves it, and the helper is gone: nothing waits for it any more.
  void stop;
  return end === "unable" ? failures + 1 : 0;
};

interface Wait {
  readonly signal: AbortSignal;
  /** Called once for each time the lock is found taken, with a descriptor to read the holder's card from. */
  readonly onBusy: (fd: number) => void;
}

/**
 * The descriptor of the live lock file with its exclusive lock on it, or null after an abort. Throws `lock-unusable`.
 *
 * The helper's exit status is never trusted; trying the lock on our own descriptor is the only truth. A lock on a file
 * that was unlinked meanwhile is given up for the one that the path names now.
 */
export const waitForLock = async (path: string, { signal, onBusy }: Wait): Promise<number | null> => {
  let failures = 0;
  while (!signal.aborted) {
    const fd = openLockFile(path, true);
    if (fd === null) throw lockUnusable(path, "it comes and goes");
    while (!signal.aborted && !tryFlock(fd)) {
      onBusy(fd);
      failures = await waitOnce(fd, signal, failures);
    }
    if (!signal.aborted && isLive(fd, path)) return fd;
    closeQuietly(fd);
  }
  return null;
};
