import { fromEvent, map, merge, type Observable } from "rxjs";
import type { StopCause } from "../../machines/vocabulary.js";

const causes = { SIGTERM: "TERM", SIGINT: "INT", SIGHUP: "HUP" } as const satisfies Record<string, StopCause>;

const heard = (signal: keyof typeof causes): Observable<StopCause> => fromEvent(process, signal).pipe(map(() => causes[signal]));

/** TERM, INT and HUP, each as itself. A second one of a kind is another event. */
export const signals = (): Observable<StopCause> => merge(heard("SIGTERM"), heard("SIGINT"), heard("SIGHUP"));
