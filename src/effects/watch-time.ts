import { Observable } from "rxjs";
import { fromEventObservable } from "xstate";
import { formatDuration } from "../machines/duration.js";
import type { TierPorts } from "../machines/tier/tier.ports.js";
import type { TimeEvent } from "../machines/time-left.js";

interface TimeSettings {
  /** Time until work must end because of the run's deadline; after that its last log lines are read. ms */
  readonly leftMs: () => number;
  readonly say: (line: string) => void;
}

/**
 * Tells a piece of work how much time the run's deadline leaves it, and when that is over. If it is less than the work's own time, people
 * are told too.
 */
export const watchTime = ({ leftMs, say }: TimeSettings): TierPorts["watchTime"] =>
  fromEventObservable(
    ({ input: { work, ownMs, asksFirst } }) =>
      new Observable<TimeEvent>((subscriber) => {
        const ms = Math.max(0, Math.floor(leftMs()));
        if (ms < ownMs) say(`${work} is cut from ${formatDuration(ownMs)} to ${formatDuration(ms)} by the deadline of the run`);
        if (asksFirst) subscriber.next({ type: "time.left", ms });
        const timer = setTimeout(() => subscriber.next({ type: "time.over", ms }), ms);
        return () => clearTimeout(timer);
      }),
  );
