import { describe, expect, test } from "vitest";
import { graceMs, judgeUpdate, orphansOf, stackBefore, type UpdateJudgement } from "../../src/machines/convergence/judge-update.js";
import type { ServiceSnapshot } from "../../src/machines/convergence/stack.types.js";
import { dead, look, service, task } from "../support/stacks/builders.js";

const [early, later] = ["2026-01-01T00:00:00.000000001Z", "2026-01-01T00:10:00.000000000Z"];
const began = (state: string, startedAt: string | null = later) => ({ state, message: `${state}: words of the Swarm`, startedAt });

const before = stackBefore(look(0, service({ update: began("paused", early) })));
const judged = (after: ServiceSnapshot | null, sinceMs = 100, wanted: readonly string[] = ["hello_app"], was = before): UpdateJudgement =>
  judgeUpdate({ before: was, wanted, look: look(1_000, ...(after === null ? [] : [after])), sinceMs });

const old = [task({ current: false })];
const waiting = { kind: "waiting", services: ["hello_app"] };
const code = (judgement: UpdateJudgement): string => (judgement.kind === "failed" ? judgement.failure.code : judgement.kind);

describe("the run waits for an update", () => {
  test.each<[title: string, after: ServiceSnapshot | null]>([
    ["while the service has not changed", service({ update: began("paused", early) })],
    ["while the service has its new spec and old tasks, and no update has begun", service({ version: 11, update: null, tasks: old })],
    ["while the service has only the status of an earlier update", service({ version: 11, update: began("paused", early), tasks: old })],
    ["while the Swarm is updating", service({ version: 11, update: began("updating"), tasks: old })],
    ["while a new service is not there yet", null],
  ])("%s", (_, after) => {
    expect(judged(after)).toEqual(waiting);
  });
});

describe("an update is done", () => {
  test.each<[title: string, after: ServiceSnapshot, untouched: readonly string[]]>([
    ["when it began after the run asked for it and was completed", service({ version: 12, update: began("completed") }), []],
    [
      "when it began within a millisecond of the update before",
      service({ version: 12, update: began("completed", "2026-01-01T00:00:00.000000999Z") }),
      [],
    ],
    ["at once when all tasks are of the new version already", service({ version: 11 }), ["hello_app"]],
    ["at once when no task is wanted", service({ version: 11, wanted: 0, tasks: [] }), ["hello_app"]],
    ["at once for a job, which the Swarm does not update in steps", service({ version: 11, mode: "replicated-job", tasks: old }), []],
  ])("%s", (_, after, untouched) => {
    expect(judged(after)).toEqual({ kind: "done", untouched });
  });

  test("for a new service once it is there", () => {
    expect(judged(service({ tasks: [] }), 100, ["hello_app"], {})).toEqual({ kind: "done", untouched: [] });
  });

  test("after the grace when the Swarm replaces no task, though the run expected it to", () => {
    const after = service({ version: 11, tasks: old });
    expect(judged(after, graceMs - 1)).toEqual(waiting);
    expect(judged(after, graceMs)).toEqual({ kind: "done", untouched: ["hello_app"] });
  });

  test("even if the service still has the message of an earlier, paused update", () => {
    expect(judged(service({ version: 11, update: began("paused", early) }))).toEqual({ kind: "done", untouched: ["hello_app"] });
  });
});

describe("an update has failed", () => {
  test.each([
    ["paused", "update-paused"],
    ["rollback_started", "rolled-back"],
    ["rollback_completed", "rolled-back"],
    ["rollback_paused", "rolled-back"],
  ])("when the run's update ends as %s: %s, with the errors of the tasks that died", (state, expected) => {
    const after = service({ version: 12, update: began(state), tasks: [dead("t2", 500), ...old] });
    const judgement = judged(after);
    expect(code(judgement)).toBe(expected);
    expect(judgement).toMatchObject({
      failure: {
        message: expect.stringContaining("words of the Swarm") as string,
        details: expect.arrayContaining([expect.stringContaining("exit code 1")]) as unknown,
      },
    });
  });

  test("when it is paused, and the hint says that the version before does not come back", () => {
    expect(judged(service({ version: 12, update: began("paused"), tasks: [dead("t2", 500)] }))).toMatchObject({
      failure: { hint: expect.stringContaining("the version before does not come back") as string },
    });
  });

  test("when it is being rolled back, even if the Swarm does not say since when", () => {
    expect(code(judged(service({ version: 12, update: began("rollback_started", null) })))).toBe("rolled-back");
  });

  test("when a service has not changed within the grace or never came", () => {
    expect(code(judged(service(), graceMs))).toBe("update-not-started");
    expect(code(judged(null, graceMs))).toBe("update-not-started");
  });

  test("when one service's update has failed, though another's goes on", () => {
    const services = [
      service({ version: 11, update: began("updating"), tasks: old }),
      service({ name: "hello_db", version: 11, update: began("paused") }),
    ];
    const was = stackBefore(look(0, service(), service({ name: "hello_db" })));
    expect(code(judgeUpdate({ before: was, wanted: ["hello_app", "hello_db"], look: look(1, ...services), sinceMs: 1 }))).toBe(
      "update-paused",
    );
  });
});

test("when the new version no longer has a service, that is an orphan, and the update does not wait for it", () => {
  const [app, worker] = [service({ version: 11, update: began("completed") }), service({ name: "hello_worker" })];
  const was = stackBefore(look(0, service(), worker));
  expect(judgeUpdate({ before: was, wanted: ["hello_app"], look: look(1, app, worker), sinceMs: graceMs })).toEqual({
    kind: "done",
    untouched: [],
  });
  expect(orphansOf(["hello_app"], look(1, app, worker))).toEqual(["hello_worker"]);
});
