import { expect, test } from "vitest";
import { judgeStack } from "../../src/machines/convergence.js";
import type { ServiceSnapshot, TaskSnapshot } from "../../src/machines/deploy/deploy.types.js";

const task = (state: string, error: string | null = null): TaskSnapshot => ({ id: "t", desired: "running", state, error });

const service = (more: Partial<ServiceSnapshot> = {}): ServiceSnapshot => ({
  name: "hello_app",
  wanted: 1,
  running: 1,
  update: null,
  updateStartedAt: null,
  tasks: [task("running")],
  logTail: [],
  ...more,
});

const kindOf = (...services: readonly ServiceSnapshot[]): string => judgeStack({ services }).kind;

test("a stack without services has not converged: it is not there yet", () => {
  expect(kindOf()).toBe("moving");
});

test("a stack has converged when every service runs as often as wanted, and not before", () => {
  expect(kindOf(service())).toBe("settled");
  expect(kindOf(service(), service({ name: "hello_db", wanted: 2 }))).toBe("moving");
  expect(kindOf(service(), service({ name: "hello_db", wanted: 0, running: 0 }))).toBe("settled");
});

test("an update that moves is waited for; one that is paused for ever is judged by what runs", () => {
  for (const update of ["updating", "rollback_started"]) expect(kindOf(service({ update })), update).toBe("moving");
  for (const update of ["completed", "paused"]) expect(kindOf(service({ update })), update).toBe("settled");
});

test("a service that was rolled back fails, though the old version runs", () => {
  for (const update of ["rollback_completed", "rollback_paused"]) {
    expect(judgeStack({ services: [service({ update })] })).toMatchObject({ kind: "failed", failure: { code: "rolled-back", exitCode: 1 } });
  }
});

test("three tasks that ended badly while none runs are a crash loop, with each error once and the last words", () => {
  const dying = service({
    running: 0,
    tasks: [task("failed", "task: non-zero exit (1)"), task("failed", "task: non-zero exit (1)"), task("rejected", "No such image"), task("starting")],
    logTail: ["could not open /data"],
  });
  expect(judgeStack({ services: [dying] })).toMatchObject({
    kind: "failed",
    failure: { code: "crash-loop", details: ["task error: task: non-zero exit (1)", "task error: No such image", "log: could not open /data"] },
  });
  expect(kindOf({ ...dying, tasks: dying.tasks.slice(1) })).toBe("moving");
  expect(kindOf({ ...dying, running: 1 })).toBe("settled");
});
