import type { ConvergenceRules, ServiceSnapshot, StackSnapshot, TaskSnapshot } from "../../../src/machines/convergence/stack.types.js";

export const rules: ConvergenceRules = { monitorMs: 5_000, crashDeaths: 5, crashMs: 90_000 };

/** A task that runs since the beginning of time, unless told otherwise. */
export const task = (given: Partial<TaskSnapshot> = {}): TaskSnapshot => ({
  id: "t1",
  place: "1",
  desired: "running",
  state: "running",
  since: 0,
  created: 0,
  current: true,
  error: null,
  exitCode: null,
  container: "c1",
  ...given,
});

/** A task that died at a time, and is not wanted any more. */
export const dead = (id: string, at: number, given: Partial<TaskSnapshot> = {}): TaskSnapshot =>
  task({
    id,
    desired: "shutdown",
    state: "failed",
    since: at,
    created: at - 1_000,
    error: "task: non-zero exit (1)",
    exitCode: 1,
    ...given,
  });

export const service = (given: Partial<ServiceSnapshot> = {}): ServiceSnapshot => ({
  name: "hello_app",
  version: 10,
  asked: { image: "local/hello:1.0.0", replicas: 1, rest: "as deployed" },
  mode: "replicated",
  wanted: 1,
  updated: 0,
  restart: { condition: "any", maxAttempts: 0 },
  monitorMs: null,
  update: null,
  tasks: [task()],
  ...given,
});

export const look = (at: number, ...services: readonly ServiceSnapshot[]): StackSnapshot => ({ at, services });
