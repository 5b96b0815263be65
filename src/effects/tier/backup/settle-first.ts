import { setTimeout as pause } from "node:timers/promises";
import { judgeStack } from "../../../machines/convergence/judge-stack.js";
import { follow, watchFromNow } from "../../../machines/convergence/stack-watch.js";
import { lookAtStack } from "../../docker/look-at-stack.js";
import type { OperationOf, OperationWiring } from "../operation.js";

const settleLimitMs = 300_000;
const betweenLooksMs = 300;

/**
 * Waits until the stack has settled, for up to five minutes: what is done in a container that is about to be replaced
 * is lost. If the stack has not settled by then, goes on; the tier judges that.
 */
export const settleFirst = async (
  { engine, note }: Pick<OperationWiring, "engine" | "note">,
  { app, settings }: OperationOf,
  signal: AbortSignal,
  limitMs = settleLimitMs,
): Promise<void> => {
  const rules = settings.convergence;
  const end = performance.now() + limitMs;
  for (let watch = watchFromNow; performance.now() < end;) {
    watch = follow(watch, await lookAtStack(engine, app.stack, signal), rules);
    if (judgeStack(watch, rules).kind === "settled") return;
    await pause(betweenLooksMs, undefined, { signal });
  }
  note(`the services of ${app.domain} had not settled within ${limitMs / 1_000} s: going on all the same`);
};
