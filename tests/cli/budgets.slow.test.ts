import { cpSync, existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ResultsFile } from "../../src/effects/report/results.js";
import type { RunRecordFile } from "../../src/effects/record/run-record.js";
import { machines } from "../../src/cli/chart/machines.js";
import type { TraceLine } from "../../src/machines/trace-line.js";
import { verifyTrace } from "../../src/machines/trace.js";
import { writeProgram } from "../support/own-code.js";
import { until } from "../support/processes.js";
import type { Ended } from "../support/program.js";
import { Sandbox } from "../support/sandbox-run.js";

/** An idle host comes as far as the last tier in the first of these and waits for it, a busy one in one of the others. */
const deadlines = [15_000, 60_000, 240_000];

/** One run whose tests hang until the deadline cuts them; one whose plan does not fit: budgets.test.ts. */
describe("a run whose deadline is near", () => {
  const sandbox = new Sandbox();
  const operators = join(sandbox.root, "operators");
  const fileOf = (run: string, name: string): string => readFileSync(join(sandbox.root, "runs", run, name), "utf8");
  const recordOf = (run: string): RunRecordFile => JSON.parse(fileOf(run, "run.json")) as RunRecordFile;
  let deadlineMs = 0;
  let cut: Ended;
  const hasCome = (): boolean => fileOf("cut", "events.jsonl").includes('"actor":"run/custom"');

  beforeAll(async () => {
    cpSync("examples/operator/echo", join(operators, "echo"), { recursive: true });
    writeProgram(join(operators, "echo"), "tests/custom/50-hangs", "exec sleep 100");
    writeProgram(join(operators, "echo"), "tests/custom/60-later", "exit 0");
    for (deadlineMs of deadlines) {
      rmSync(join(sandbox.root, "runs", "cut"), { recursive: true, force: true });
      cut = await sandbox.run(["run", "echo", "--sandbox", "--run-id", "cut", "--deadline", `${deadlineMs}ms`], {
        CCCI_RECIPES_DIR: operators,
      });
      if (hasCome()) break;
    }
  });
  afterAll(() => sandbox.close());

  test("ends with 142, and says which tier was cut, to how much, and what had not ended", () => {
    expect(cut.code).toBe(142);
    expect(recordOf("cut")).toMatchObject({ verdict: "stopped", cause: "deadline", cleanliness: "clean" });
    expect(cut.stdout).toMatch(/the custom tier is cut from 4 min to [\d.]+ s by the deadline of the run/);
    expect(cut.stdout).toMatch(
      /^out-of-time: the custom tier was cut to [\d.]+ s by the deadline of the run, and its tests did not end in that$/m,
    );
    expect(sandbox.leftovers()).toEqual([]);
  });

  test("tells the tiers before as they went, and that one as unverified, in every file of the run", () => {
    const { stages, failure, cause } = JSON.parse(fileOf("cut", "results.json")) as ResultsFile;
    expect(stages).toMatchObject({ install: { status: "pass" }, custom: { status: "unverified" } });
    expect([failure?.code, cause]).toEqual(["out-of-time", "deadline"]);
    for (const name of ["summary.md", "report.html", "junit.xml"])
      expect(fileOf("cut", name), name).toContain("by the deadline of the run, and its tests did not end in that");
  });

  test("tells each test of the tier that was cut: those that ended as they went, and of the others what cut them", () => {
    const { stages } = JSON.parse(fileOf("cut", "results.json")) as ResultsFile;
    const tests = stages.custom?.tests ?? [];
    expect(tests.filter(({ outcome }) => outcome === "passed").length).toBeGreaterThan(0);
    expect(tests.slice(-2)).toMatchObject([
      {
        name: "50-hangs",
        outcome: "failed",
        message: expect.stringMatching(/^cut off before its end: the custom tier was cut to [\d.]+ s by the deadline of the run/),
      },
      { name: "60-later", outcome: "skipped", duration: 0, message: expect.stringMatching(/^not run: the custom tier was cut to/) },
    ]);
    expect(fileOf("cut", "junit.xml")).toMatch(
      /name="50-hangs"[^>]*><failure message="cut off before its end: [^]*name="60-later"[^>]*><skipped message="not run: /,
    );
  });

  test("leaves a record by which the charts come to the same states: the time is in it", () => {
    const lines = fileOf("cut", "events.jsonl")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as TraceLine);
    expect(lines.filter(({ event }) => event.type === "time.over").map(({ actor }) => actor)).toEqual(["run/custom"]);
    expect(verifyTrace(machines, lines)).toEqual({ ok: true });
  });

  test("has begun to tear down before the deadline: what is promised beyond it is all there", () => {
    const { startedAt, phases } = recordOf("cut");
    const began = Date.parse(phases.find(({ name }) => name === "tearingDown")?.startedAt ?? "");
    expect(began - Date.parse(startedAt)).toBeLessThan(deadlineMs);
  });

  test("tells the same of a tier that a stop ends", async () => {
    const begun = join(sandbox.root, "begun");
    writeProgram(join(operators, "echo"), "tests/custom/50-hangs", `: >"${begun}"; exec sleep 100`);
    const run = sandbox.start(
      ["run", "echo", "--sandbox", "--run-id", "stopped", "--stages", "custom"],
      { CCCI_RECIPES_DIR: operators },
      "stopped",
    );
    await until("the test hangs", () => existsSync(begun), 30_000);
    run.child.kill("SIGTERM");
    expect((await run.ended).code).toBe(143);
    const { custom } = (JSON.parse(fileOf("stopped", "results.json")) as ResultsFile).stages;
    expect([custom?.status, custom?.reason]).toEqual(["unverified", "the run was stopped (TERM) in the custom tier"]);
    expect(custom?.tests.map(({ outcome, message }) => [outcome, message]).slice(-3)).toEqual([
      ["passed", null],
      ["failed", "cut off before its end: the run was stopped (TERM) in the custom tier"],
      ["skipped", "not run: the run was stopped (TERM) in the custom tier"],
    ]);
    expect(fileOf("stopped", "junit.xml")).toMatch(
      /name="50-hangs"[^>]*><failure message="cut off before its end: the run was stopped \(TERM\)/,
    );
  });
});
