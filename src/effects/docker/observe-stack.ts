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

/** Time alone settles a stack, or makes a loop of deaths a crash loop: no event tells of it. */
const pace = { ...defaultPace, slowMs: 500 };

/** The longer nothing changes, the less a second counts. ms */
const quietMs = (sinceChangeMs: number): number => (sinceChangeMs < 15_000 ? 0 : sinceChangeMs < 120_000 ? 1_000 : 10_000);
const unreadableAgainMs = 10_000;

type Seen = StackSnapshot | { readonly at: number; readonly failure: Failure };

const isSame = (one: StackSnapshot, other: StackSnapshot): boolean => JSON.stringify(one.services) === JSON.stringify(other.services);

/** What is said of one look after another: everything that is new, and now and then that nothing is. */
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
  return looksAt(engine, stack, look, pace).pipe(map(tell), filter((event) => event !== null));
};

/** Looks at the stack for as long as anybody listens. A daemon that does not answer is an event too. */
export const observeStack = (engine: Engine): SettlePorts["observeStack"] =>
  fromEventObservable(({ input: { app } }) => looks(engine, app.stack));
