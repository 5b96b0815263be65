import { fromEvent, lastValueFrom, map, takeUntil, takeWhile } from "rxjs";
import { overruledFailure } from "../../../machines/convergence/changed-services.js";
import { judgeUpdate, orphansOf, type StackBefore, type UpdateJudgement } from "../../../machines/convergence/judge-update.js";
import { follow, watchFromNow, type AskedOfAll } from "../../../machines/convergence/stack-watch.js";
import type { StackSnapshot } from "../../../machines/convergence/stack.types.js";
import { unsettledFailure } from "../../../machines/convergence/unsettled-failure.js";
import { failureFrom, RunError } from "../../../machines/errors.js";
import type { App, Failure, RecipeSettings } from "../../../machines/vocabulary.js";
import { defaultPace, looksAt } from "../../docker/engine-events.js";
import type { Engine } from "../../docker/engine.js";
import { lookAtStack } from "../../docker/look-at-stack.js";
import { lastWords } from "./last-words.js";
import { within } from "../../budget.js";

interface UpdateToAwait {
  readonly app: App;
  readonly settings: RecipeSettings;
  readonly before: StackBefore;
  /** What the Swarm asked of the services right after it was given the update. */
  readonly asked: AskedOfAll;
  /** The services of the new version, by their names on the Swarm. */
  readonly wanted: readonly string[];
}

/** The result of an update that ended well. */
interface Updated {
  /** Services in which nothing had to be replaced. */
  readonly untouched: readonly string[];
  /** Services that the new version no longer has and that still run. */
  readonly orphans: readonly string[];
}

interface Seen {
  readonly judgement: UpdateJudgement;
  readonly look: StackSnapshot | null;
  readonly unreadable: Failure | null;
}

/** Looks even without events, because the grace period ends by time alone. */
const pace = { ...defaultPace, slowMs: 500 };

const notInTime = ({ judgement, look, unreadable }: Seen, { settings }: UpdateToAwait): Failure => {
  if (unreadable !== null) return unreadable;
  const late = judgement.kind === "waiting" ? judgement.services : [];
  const watch = look === null ? watchFromNow : follow(watchFromNow, look, settings.convergence);
  return unsettledFailure(
    watch,
    (look?.services ?? []).filter(({ name }) => late.includes(name)),
    settings.timeouts.deployMs,
  );
};

/**
 * Waits until the Swarm has really made the update that it was just given: begun it and ended it well.
 *
 * Waits as long as a deploy may take, and asks again if the daemon does not answer meanwhile. Rejects with the Swarm's
 * own reason if the update is rolled back or paused, with `app-disturbed` if somebody else changed a service meanwhile and it did not end well,
 * with `update-not-started` if it never began, and with what each late service was doing if it takes too long.
 */
export const awaitUpdate = async (engine: Engine, update: UpdateToAwait, signal: AbortSignal): Promise<Updated> => {
  const { app, settings, before, wanted } = update;
  const began = performance.now();
  const limit = within(signal, settings.timeouts.deployMs);
  let last: Seen = { judgement: { kind: "waiting", services: wanted }, look: null, unreadable: null };
  const look = async (until: AbortSignal): Promise<Seen> => {
    try {
      const seen = await lookAtStack(engine, app.stack, until);
      return { judgement: judgeUpdate({ before, wanted, look: seen, sinceMs: performance.now() - began }), look: seen, unreadable: null };
    } catch (error) {
      return { ...last, unreadable: failureFrom(error) };
    }
  };
  const looks = looksAt(engine, app.stack, look, pace).pipe(
    map((seen) => (last = seen)),
    takeWhile(({ judgement }) => judgement.kind === "waiting", true),
    takeUntil(fromEvent(limit, "abort")),
  );
  limit.throwIfAborted();
  await lastValueFrom(looks, { defaultValue: last });
  signal.throwIfAborted();
  const { judgement } = last;
  if (judgement.kind === "done") return { untouched: judgement.untouched, orphans: last.look === null ? [] : orphansOf(wanted, last.look) };
  const overruled = last.look === null ? null : overruledFailure(update.asked, last.look, "the upgrade tier");
  const failure = overruled ?? (judgement.kind === "failed" ? judgement.failure : notInTime(last, update));
  const words = last.look === null ? [] : await lastWords(engine, last.look, signal);
  throw new RunError(failure, failure.message, { ...failure, details: [...new Set([...failure.details, ...words])] });
};
