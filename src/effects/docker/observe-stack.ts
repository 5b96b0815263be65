import { filter, map, type Observable } from "rxjs";
import { fromEventObservable } from "xstate";
import type { StackSnapshot } from "../../machines/convergence/stack.types.js";
import type { SettlePorts } from "../../machines/settle/settle.ports.js";
import type { StackEvent } from "../../machines/settle/settle.types.js";
import { failureFrom } from "../../machines/errors.js";
import type { Failure, StackName } from "../../machines/vocabulary.js";
import { defaultPace, looksAt } from "./engine-events.js";
import { engineTime } from "./engine-clock.js";
import type { Engine } from "./engine.js";
import { lookAtStack, ownNode } from "./look-at-stack.js";

/** Looks even without events, because time alone can settle a stack or turn deaths into a crash loop. */
const pace = { ...defaultPace, slowMs: 500 };

/** How long to be silent while nothing changes: the longer it lasts, the less a second matters. ms */
const quietMs = (sinceChangeMs: number): number => (sinceChangeMs < 15_000 ? 0 : sinceChangeMs < 120_000 ? 1_000 : 10_000);
const unreadableAgainMs = 10_000;

type Seen = StackSnapshot | { readonly at: number; readonly failure: Failure };

const isSame = (one: StackSnapshot, other: StackSnapshot): boolean => JSON.stringify(one.services) === JSON.stringify(other.services);

/** The event for each look: every change, and now and then that nothing has changed. */
export const createTeller = (): ((seen: Seen) => StackEvent | null) => {
  let last: StackSnapshot | null = null;
  let changedAt = 0;
  let toldAt = 0;
  let unread: string | null = null;
  return (seen) => {
    if ("failure" in seen) {
      const isNews = unread !== seen.failure.message || seen.at - toldAt >= unreadableAgainMs;
      unread = seen.failure.message;
      if (!isNews) return null;
      toldAt = seen.at;
      return { type: "stack.unreadable", failure: seen.failure };
    }
    const same = last !== null && unread === null && isSame(last, seen);
    unread = null;
    if (same && seen.at - toldAt < quietMs(seen.at - changedAt)) return null;
    if (!same) changedAt = seen.at;
    last = seen;
    toldAt = seen.at;
    return { type: "stack.seen", at: seen.at, services: same ? null : seen.services };
  };
};

const looks = (engine: Engine, stack: StackName): Observable<StackEvent> => {
  const tell = createTeller();
  let wasLost = false;
  let doubted: string | undefined;
  const look = async (signal: AbortSignal): Promise<Seen> => {
    try {
      if (wasLost) doubted ??= await ownNode(engine, signal);
      return await lookAtStack(engine, stack, signal, doubted === undefined ? {} : { doubted });
    } catch (error) {
      wasLost = true;
      return { at: engineTime(engine), failure: failureFrom(error) };
    }
  };
  return looksAt(engine, stack, look, pace).pipe(
    map(tell),
    filter((event) => event !== null),
  );
};

/** Looks at the stack for as long as anybody listens. A daemon that does not answer is an event too. */
export const observeStack = (engine: Engine): SettlePorts["observeStack"] =>
  fromEventObservable(({ input: { app } }) => looks(engine, app.stack));
