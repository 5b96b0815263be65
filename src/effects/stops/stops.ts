import { merge, ReplaySubject, type Observable } from "rxjs";
import type { StopEvent } from "../../machines/run/run.types.js";
import type { StopCause } from "../../machines/vocabulary.js";
import { brokenOutput } from "./broken-output.js";
import { launcherGone } from "./launcher-gone.js";
import { signals } from "./signals.js";

export interface Stops {
  /** Every way to be told to end. What came before the first listener is replayed to it. Never errors. */
  readonly stops: Observable<StopEvent>;
  /** Emits nothing from now on. The signals stay ignored: the process is ending with an exit code of its own. */
  readonly close: () => void;
}

const asEvent = (cause: StopCause): StopEvent => ({ type: "stop", cause });

/**
 * Without a handler each of them ends the process, teardown or not. The streams below come and go, this one stays:
 * a launcher's death is told twice, and the second telling must find a handler as well.
 */
const surviveSignals = (): void => {
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP", "SIGUSR2"] as const) process.on(signal, () => undefined);
};

/**
 * Listens from this call on, whoever subscribes later: a signal that comes while the program still loads counts.
 *
 * Signals may merge, and a group kill plus a forward is already two: whoever listens must not count them. `launcher`
 * is the launcher's pid, and undefined where there is none.
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
