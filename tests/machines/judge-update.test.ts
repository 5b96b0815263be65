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

describe("an update is waited for", () => {
  test.each<[title: string, after: ServiceSnapshot | null]>([
    ["while the service is as it was", service({ update: began("paused", early) })],
    ["while the service has moved, still runs old tasks, and no update has begun", service({ version: 11, update: null, tasks: old })],
    ["while what an earlier update left is all that there is", service({ version: 11, update: began("paused", early), tasks: old })],
    ["while it goes on", service({ version: 11, update: began("updating"), tasks: old })],
    ["while a new service is not there yet", null],
  ])("%s", (_, after) => {
    expect(judged(after)).toEqual(waiting);
  });
});

describe("an update is done", () => {
  test.each<[title: string, after: ServiceSnapshot, untouched: readonly string[]]>([
    ["when it began after ours was asked for, and was completed", service({ version: 12, update: began("completed") }), []],
    [
      "when it began within the millisecond of the one before",
      service({ version: 12, update: began("completed", "2026-01-01T00:00:00.000000999Z") }),
      [],
    ],
    ["at once, where all tasks are those of the new version already", service({ version: 11 }), ["hello_app"]],
    ["at once, where nothing is to run", service({ version: 11, wanted: 0, tasks: [] }), ["hello_app"]],
    ["at once for a job: the Swarm does not roll it", service({ version: 11, mode: "replicated-job", tasks: old }), []],
  ])("%s", (_, after, untouched) => {
    expect(judged(after)).toEqual({ kind: "done", untouched });
  });

  test("for a service that the version before did not have, once it is there", () => {
    expect(judged(service({ tasks: [] }), 100, ["hello_app"], {})).toEqual({ kind: "done", untouched: [] });
  });

  test("after the grace, where the Swarm found nothing to replace though we did", () => {
    const after = service({ version: 11, tasks: old });
    expect(judged(after, graceMs - 1)).toEqual(waiting);
    expect(judged(after, graceMs)).toEqual({ kind: "done", untouched: ["hello_app"] });
  });

  test("though an earlier one was paused for good, and left its words behind", () => {
    expect(judged(service({ version: 11, update: began("paused", early) }))).toEqual({ kind: "done", untouched: ["hello_app"] });
  });
});

describe("an update has failed", () => {
  test.each([
    ["paused", "update-paused"],
    ["rollback_started", "rolled-back"],
    ["rollback_completed", "rolled-back"],
    ["rollback_paused", "rolled-back"],
  ])("when ours ended %s: %s, with the words of the tasks that died", (state, expected) => {
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

  test("a paused one is not said to have the version before run", () => {
    expect(judged(service({ version: 12, update: began("paused"), tasks: [dead("t2", 500)] }))).toMatchObject({
      failure: { hint: expect.stringContaining("the version before does not come back") as string },
    });
  });

  test("when it is being rolled back, though the Swarm gives no time for that", () => {
    expect(code(judged(service({ version: 12, update: began("rollback_started", null) })))).toBe("rolled-back");
  });

  test("when a service has not moved within the grace, or never came", () => {
    expect(code(judged(service(), graceMs))).toBe("update-not-started");
    expect(code(judged(null, graceMs))).toBe("update-not-started");
  });

  test("when one of several has, though others go on", () => {
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

test("a service that the new version has no more is an orphan, and its standing still holds nothing up", () => {
  const [app, worker] = [service({ version: 11, update: began("completed") }), service({ name: "hello_worker" })];
  const was = stackBefore(look(0, service(), worker));
  expect(judgeUpdate({ before: was, wanted: ["hello_app"], look: look(1, app, worker), sinceMs: graceMs })).toEqual({
    kind: "done",
    untouched: [],
  });
  expect(orphansOf(["hello_app"], look(1, app, worker))).toEqual(["hello_worker"]);
});
