import { defer, filter, from, ignoreElements, map, merge, Observable, race, repeat, retry, share, take, tap, timer } from "rxjs";
import type { StackName } from "../../machines/vocabulary.js";
import type { Engine } from "./engine.js";
import type { EngineEvent } from "./engine-schema.js";
import { jsonLines } from "./json-lines.js";
import { stackLabelName } from "./stack-label.js";

/** What changes how a stack stands. Not the `exec_…` of each health check: a stack with ten of them would never be quiet. */
const telling = ["create", "start", "die", "kill", "stop", "oom", "destroy", "health_status", "update", "remove"];

/** Null once the stream is open, then the events as they come, until it is lost, which is an end or an error. */
const eventsOf = (engine: Engine): Observable<EngineEvent | null> =>
  new Observable((listener) => {
    const ended = new AbortController();
    const read = async (): Promise<void> => {
      const filters = { type: ["container", "service"], event: telling };
      const stream = await engine.stream("GET", "/events", { query: { filters }, signal: ended.signal });
      listener.next(null);
      for await (const event of jsonLines<EngineEvent>(stream, "GET /events")) listener.next(event);
    };
    read().then(() => listener.complete(), (error: unknown) => listener.error(error));
    return () => ended.abort();
  });

/** A container's event carries its labels; a service's carries none, and there are few of them. */
const concerns = (stack: StackName) => (event: EngineEvent | null): boolean =>
  event?.Type !== "container" || event.Actor?.Attributes?.[stackLabelName] === stack;

/** A daemon that restarts is away for a second or two; one that is gone is not to be asked a thousand times. ms */
const reopenAfterMs = 200;

/**
 * Emits when something of the stack may have changed, and each time the stream is open: what happened before that was
 * not heard. Reopens it for as long as anybody listens; never errors, never ends.
 */
export const changesOf = (engine: Engine, stack: StackName): Observable<void> => {
  const again = { delay: () => timer(reopenAfterMs) };
  return eventsOf(engine).pipe(retry(again), repeat(again), filter(concerns(stack)), map(() => undefined));
};

/** How long to pause before the next look: the Swarm's managers hear of a change up to some hundred ms after the event. */
export interface Pace {
  readonly quickMs: number;
  readonly quickForMs: number;
  readonly soonMs: number;
  readonly soonForMs: number;
  /** What no event tells: another node's containers, a task that finds no node. */
  readonly slowMs: number;
}

export const defaultPace: Pace = { quickMs: 25, quickForMs: 500, soonMs: 100, soonForMs: 3_000, slowMs: 1_000 };

/** Looking takes half of the time at most, however large the stack. With a quarter, a look that took long under load made us late by four of it. */
const shareOfLooking = 1;

export const pauseMs = (pace: Pace, sinceChangeMs: number, lookTookMs: number): number => {
  const wanted = sinceChangeMs < pace.quickForMs ? pace.quickMs : sinceChangeMs < pace.soonForMs ? pace.soonMs : pace.slowMs;
  return Math.max(wanted, shareOfLooking * lookTookMs);
};

/**
 * What one look after another says, for as long as anybody listens: at once, then soon after each event, and slowly without one.
 *
 * `look` must not reject: a daemon that does not answer is something to say as well. It is aborted when nobody listens any more.
 */
export const looksAt = <T>(engine: Engine, stack: StackName, look: (signal: AbortSignal) => Promise<T>, pace = defaultPace): Observable<T> =>
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
