import { setTimeout as pause } from "node:timers/promises";
import { fromPromise } from "xstate";
import type { StackSnapshot } from "../../machines/convergence/stack.types.js";
import type { RunPorts } from "../../machines/run/run.ports.js";
import type { StackName } from "../../machines/vocabulary.js";
import type { Engine } from "./engine.js";
import type { Info, Service, Task } from "./engine-schema.js";
import { stackSnapshot } from "./stack-snapshot.js";

export const stackFilter = (stack: StackName) => ({ label: [`com.docker.stack.namespace=${stack}`] });

/** How far the engine's clock is ahead of ours: what it says of its tasks is measured by its own. ms */
export const clockAhead = async (engine: Engine, signal: AbortSignal): Promise<number> => {
  const before = Date.now();
  const { SystemTime } = await engine.json<Info>("GET", "/info", { signal });
  const theirs = Date.parse(SystemTime ?? "");
  return Number.isNaN(theirs) ? 0 : theirs - (before + Date.now()) / 2;
};

/** One look at a stack: two calls, whatever it holds. */
export const lookAtStack = async (engine: Engine, stack: StackName, signal: AbortSignal, aheadMs = 0): Promise<StackSnapshot> => {
  const filters = stackFilter(stack);
  const at = Date.now() + aheadMs;
  // One after the other: a service that is there is then never taken for one without tasks that are older than it.
  const services = await engine.json<readonly Service[]>("GET", "/services", { query: { filters, status: true }, signal });
  return stackSnapshot(at, services, await engine.json<readonly Task[]>("GET", "/tasks", { query: { filters }, signal }));
};

const betweenTriesMs = 500;

/** A look that is insisted on, and how often the run has deployed by then: the daemon may be restarting, and the chart says how long that may take. */
export const lookUntilAnswered = (engine: Engine, deploys: () => number): RunPorts["lookAtStack"] =>
  fromPromise(async ({ input: { app }, signal }) => {
    for (;;) {
      try {
        return { look: await lookAtStack(engine, app.stack, signal), deploys: deploys() };
      } catch (error) {
        if (signal.aborted) throw error;
        await pause(betweenTriesMs, undefined, { signal });
      }
    }
  });
