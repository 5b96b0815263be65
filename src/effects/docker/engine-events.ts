import { defer, filter, from, ignoreElements, map, merge, Observable, race, repeat, retry, share, take, tap, timer } from "rxjs";
import type { StackName } from "../../machines/vocabulary.js";
import type { Engine } from "./engine.js";
import type { EngineEvent } from "./engine-schema.js";
import { jsonLines } from "./json-lines.js";
import { stackLabelName } from "./stack-label.js";

/** Events that can change the state of a stack. Not the `exec_…` of each health check: a stack with ten of them would never be quiet. */
const telling = ["create", "start", "die", "kill", "stop", "oom", "destroy", "health_status", "update", "remove"];

/** Emits null when the stream is open, then the events as they come. If the stream is lost, ends or errors. */
const eventsOf = (engine: Engine): Observable<EngineEvent | null> =>
  new Observable((listener) => {
    const ended = new AbortController();
    const read = async (): Promise<void> => {
      const filters = { type: ["container", "service"], event: telling };
      const stream = await engine.stream("GET", "/events", { query: { filters }, signal: ended.signal });
      listener.next(null);
      for await (const event of jsonLines<EngineEvent>(stream, "GET /events")) listener.next(event);
    };
    read().then(
      () => listener.complete(),
      (error: unknown) => listener.error(error),
    );
    return () => ended.abort();
  });

/**
 * Whether an event concerns the stack. A container's event has its labels; a service's has none, so every one counts, and there are few.
 */
const concerns =
  (stack: StackName) =>
  (event: EngineEvent | null): boolean =>
    event?.Type !== "container" || event.Actor?.Attributes?.[stackLabelName] === stack;

/** A restarting daemon is away for a second or two, and one that is gone must not be asked a thousand times. ms */
const reopenAfterMs = 200;

/**
 * Emits when something of the stack may have changed, and each time the stream opens, because earlier events were
 * missed. Reopens it for as long as anybody listens; never errors, never ends.
 */
export const changesOf = (engine: Engine, stack: StackName): Observable<void> => {
  const again = { delay: () => timer(reopenAfterMs) };
  return eventsOf(engine).pipe(
    retry(again),
    repeat(again),
    filter(concerns(stack)),
    map(() => undefined),
  );
};

/** How long to pause before the next look: the Swarm's managers learn of a change up to some hundred ms after the event. */
interface Pace {
  readonly quickMs: number;
  readonly quickForMs: number;
  readonly soonMs: number;
  readonly soonForMs: number;
  /** The pause without events, for what no event reports: another node's containers, a task that finds no node. ms */
  readonly slowMs: number;
}

export const defaultPace: Pace = { quickMs: 25, quickForMs: 500, soonMs: 100, soonForMs: 3_000, slowMs: 1_000 };

/**
 * Looking takes at most half of the time, however large the stack. With a quarter, one slow look under load delayed us by four times its
 * length.
 */
const shareOfLooking = 1;

export const pauseMs = (pace: Pace, sinceChangeMs: number, lookTookMs: number): number => {
  const wanted = sinceChangeMs < pace.quickForMs ? pace.quickMs : sinceChangeMs < pace.soonForMs ? pace.soonMs : pace.slowMs;
  return Math.max(wanted, shareOfLooking * lookTookMs);
};

/**
 * Looks again and again for as long as anybody listens: at once, then soon after each event, and slowly without events.
 *
 * `look` must not reject: that a daemon does not answer is a result too. It is aborted when nobody listens any more.
 */
export const looksAt = <T>(
  engine: Engine,
  stack: StackName,
  look: (signal: AbortSignal) => Promise<T>,
  pace = defaultPace,
): Observable<T> =>
  defer(() => {
    let changedAt = performance.now();
    let tookMs = 0;
    const changes = changesOf(engine, stack).pipe(
      tap(() => {
        changedAt = performance.now();
      }),
      share(),
    );
    const oneLook = defer(() => {
      const began = performance.now();
      return abortable(look).pipe(
        tap(() => {
          tookMs = performance.now() - began;
        }),
      );
    });
    const wait = (): Observable<unknown> => race(timer(pauseMs(pace, performance.now() - changedAt, tookMs)), changes.pipe(take(1)));
    return merge(changes.pipe(ignoreElements()), oneLook.pipe(repeat({ delay: wait })));
  });

const abortable = <T>(work: (signal: AbortSignal) => Promise<T>): Observable<T> =>
  new Observable((listener) => {
    const ended = new AbortController();
    const said = from(work(ended.signal)).subscribe(listener);
    return () => {
      said.unsubscribe();
      ended.abort();
    };
  });
