import { concatMap, defer, from, of, repeat, catchError, type Observable } from "rxjs";
import { fromEventObservable } from "xstate";
import type { DeployPorts } from "../../machines/deploy/deploy.ports.js";
import type { DeployEvent, ServiceSnapshot, StackSnapshot, TaskSnapshot } from "../../machines/deploy/deploy.types.js";
import { failureFrom } from "../../machines/errors.js";
import type { StackName } from "../../machines/vocabulary.js";
import type { Engine } from "./engine.js";
import type { Service, Task } from "./engine-schema.js";
import { ofStack } from "./list-objects.js";
import { logTail } from "./service-logs.js";

const endedBadly = new Set(["failed", "rejected"]);

const taskOf = ({ ID, DesiredState, Status }: Task): TaskSnapshot => ({
  id: ID,
  desired: DesiredState,
  state: Status.State,
  error: Status.Err || null,
});

const newestFirst = (a: Task, b: Task): number => (b.CreatedAt ?? "").localeCompare(a.CreatedAt ?? "");

/** One look at a stack: two calls, and one more for each service that is failing. */
export const lookAtStack = async (engine: Engine, stack: StackName, signal: AbortSignal): Promise<StackSnapshot> => {
  const filters = ofStack(stack);
  const [services, tasks] = await Promise.all([
    engine.json<readonly Service[]>("GET", "/services", { query: { filters, status: true }, signal }),
    engine.json<readonly Task[]>("GET", "/tasks", { query: { filters }, signal }),
  ]);
  return {
    services: await Promise.all(
      services.map(async ({ ID, Spec, UpdateStatus, ServiceStatus }): Promise<ServiceSnapshot> => {
        const own = tasks.filter(({ ServiceID }) => ServiceID === ID).toSorted(newestFirst);
        const { RunningTasks: running = 0, DesiredTasks: wanted = 0 } = ServiceStatus ?? {};
        const bad = own.some(({ Status }) => endedBadly.has(Status.State));
        return {
          name: Spec.Name,
          wanted,
          running,
          update: UpdateStatus?.State ?? null,
          updateStartedAt: UpdateStatus?.StartedAt ?? null,
          tasks: own.map(taskOf),
          logTail: bad && running < wanted ? await logTail(engine, ID, signal) : [],
        };
      }),
    ),
  };
};

/** Short looks first: most apps are up in a second or two, and waiting is what a run does most. ms */
const pauses = [200, 300, 500];
const pauseMs = 1_000;

const snapshots = (engine: Engine, stack: StackName): Observable<DeployEvent> => {
  const ended = new AbortController();
  return defer(() => from(lookAtStack(engine, stack, ended.signal))).pipe(
    concatMap((snapshot) => of<DeployEvent>({ type: "stack.seen", snapshot })),
    catchError((error: unknown) => of<DeployEvent>({ type: "stack.unreadable", failure: failureFrom(error) })),
    repeat({ delay: (count) => from(new Promise((next) => setTimeout(next, pauses[count - 1] ?? pauseMs))) }),
  );
};

/** Snapshots of the stack for as long as anybody listens. A daemon that does not answer is an event too. */
export const observeStack = (engine: Engine): DeployPorts["observeStack"] =>
  fromEventObservable(({ input: { app } }) => snapshots(engine, app.stack));
