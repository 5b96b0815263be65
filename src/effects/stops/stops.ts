import { merge, ReplaySubject, type Observable } from "rxjs";
import type { StopEvent } from "../../machines/run/run.types.js";
import type { StopCause } from "../../machines/vocabulary.js";
import { brokenOutput } from "./broken-output.js";
import { launcherGone } from "./launcher-gone.js";
import { signals } from "./signals.js";

export interface Stops {
  /** Every way to be told to end. Stops from before the first subscriber are replayed to it. Never errors. */
  readonly stops: Observable<StopEvent>;
  /** From now on emits nothing. Signals stay ignored, because the process is ending with an exit code of its own. */
  readonly close: () => void;
}

const asEvent = (cause: StopCause): StopEvent => ({ type: "stop", cause });

/**
 * Without a handler each of these signals would end the process, even in a teardown. The subscriptions below come and
 * go, this one stays: a launcher's death is reported twice, and the second report must find a handler too.
 */
const surviveSignals = (): void => {
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP", "SIGUSR2"] as const) process.on(signal, () => undefined);
};

/**
 * Listens from this call on, so that a signal counts even if it comes while the program is still loading.
 *
 * Signals may merge, and a kill of the group plus a forwarded one is already two, so subscribers must not count them.
 * `launcher` is the launcher's pid; undefined if there is none.
 */
export const createStops = (launcher: string | undefined): Stops => {
  surviveSignals();
  const heard = new ReplaySubject<StopEvent>();
  const subscription = merge(signals(), launcherGone(launcher), brokenOutput([process.stdout, process.stderr])).subscribe((cause) =>
    heard.next(asEvent(cause)),
  );
  return {
    stops: heard.asObservable(),
    close: () => {
      subscription.unsubscribe();
      heard.complete();
    },
  };
};
