import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { sampleRecord } from "../support/run-record.js";
import { Sandbox } from "../support/sandbox-run.js";

// The inspector beside a run that goes on: beside-run.slow.test.ts.

vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = new Sandbox();
  await sandbox.run(["run", "echo", "--sandbox", "--stages", "install", "--run-id", "done"]);
});
afterAll(() => sandbox.close());

const inspect = (...args: readonly string[]) => sandbox.run(["inspect", ...args, "--sandbox"]);
const fileOf = (run: string, name: string): string => join(sandbox.root, "runs", run, name);

test("without a run, inspect lists the runs, for people and as JSON", async () => {
  expect((await inspect()).stdout).toMatch(/^done {2}echo {2}echo-[0-9a-f]{6}\.sandbox\.localhost .* passed, clean, exit 0$/m);
  const { code, stdout } = await inspect("--json");
  expect(JSON.parse(stdout)).toMatchObject({ runs: [{ runId: "done", verdict: "passed" }] });
  expect(stdout).not.toContain("cookie");
  expect(code).toBe(0);
});

test("the list says why each run is red, as far as its record knows", async () => {
  const other = new Sandbox();
  onTestFinished(() => other.close());
  const ended = { ...sampleRecord, verdict: "failed", cleanliness: "clean", exitCode: 1 };
  const runs = {
    red: { failure: "crash-loop" },
    late: { verdict: "stopped", cause: "deadline", failure: "out-of-time", exitCode: 142 },
    old: { failure: undefined },
  };
  for (const [runId, fields] of Object.entries(runs)) {
    mkdirSync(join(other.root, "runs", runId), { recursive: true });
    writeFileSync(join(other.root, "runs", runId, "run.json"), JSON.stringify({ ...ended, runId, ...fields }));
  }
  const { stdout } = await other.run(["inspect", "--sandbox"]);
  expect(stdout).toMatch(/^red .* failed \(crash-loop\), clean, exit 1$/m);
  expect(stdout).toMatch(/^late .* stopped \(deadline: out-of-time\), clean, exit 142$/m);
  expect(stdout).toMatch(/^old .* failed, clean, exit 1$/m);
});

test("when the run is unknown or outside the runs folder, or the port is no number, inspect ends with 2", async () => {
  for (const run of ["nobody", "../done", "apps"]) {
    const { code, stderr } = await inspect(run);
    expect(code).toBe(2);
    expect(stderr).toContain("recipe-ci inspect lists them");
  }
  expect((await inspect("done", "--port", "http")).code).toBe(2);
});

test("when the runs folder is not a folder, inspect and status end with 2 and do not call it empty", async () => {
  const other = new Sandbox();
  const runsDir = join(other.root, "runs");
  writeFileSync(runsDir, "");
  onTestFinished(async () => {
    rmSync(runsDir);
    await other.close();
  });
  for (const words of [["inspect"], ["inspect", "42"], ["status", "--json"]]) {
    const { code, stdout, stderr } = await other.run([...words, "--sandbox"]);
    expect([code, stdout], words.join(" ")).toEqual([2, ""]);
    expect(stderr).toMatch(/the runs folder .*\/runs cannot be used: ENOTDIR/);
    expect(stderr).toContain("a folder that this user may read");
  }
});

test("when the port is taken, inspect ends with 2 and says so", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void taken.close());
  await new Promise((resolve) => taken.once("listening", resolve));
  const { code, stderr } = await inspect("done", "--port", String((taken.address() as AddressInfo).port));
  expect(stderr).toContain("cannot be used");
  expect(code).toBe(2);
});

test("inspect serves its page until a signal ends it", async () => {
  const inspector = sandbox.start(["inspect", "done", "--sandbox"]);
  await inspector.says("http://127.0.0.1:");
  const address = /http:\S+/.exec(inspector.output())?.[0] ?? "";
  expect((await fetch(address)).status).toBe(200);
  inspector.child.kill("SIGINT");
  expect((await inspector.ended).code).toBe(130);
});

test("--verify accepts the trace of a run and refuses it with one line missing or two swapped", async () => {
  expect((await inspect("done", "--verify")).code).toBe(0);
  const file = fileOf("done", "events.jsonl");
  const whole = readFileSync(file, "utf8");
  onTestFinished(() => writeFileSync(file, whole));
  const lines = whole.trimEnd().split("\n");
  const middle = Math.floor(lines.length / 2);
  for (const wrong of [lines.toSpliced(middle, 1), lines.toSpliced(middle, 2, lines[middle + 1] ?? "", lines[middle] ?? "")]) {
    writeFileSync(file, `${wrong.join("\n")}\n`);
    const { code, stdout } = await inspect("done", "--verify");
    expect(stdout).toMatch(/^line \d+: /);
    expect(code).toBe(1);
  }
});

test("when a trace is empty, --verify accepts it of a run that was killed and refuses it of one that ended", async () => {
  const [events, record] = [fileOf("done", "events.jsonl"), fileOf("done", "run.json")];
  const [wholeEvents, wholeRecord] = [readFileSync(events, "utf8"), readFileSync(record, "utf8")];
  onTestFinished(() => {
    writeFileSync(events, wholeEvents);
    writeFileSync(record, wholeRecord);
  });
  writeFileSync(events, "");
  expect(await inspect("done", "--verify")).toMatchObject({ code: 1, stdout: "line 1: the trace is empty\n" });
  writeFileSync(
    record,
    JSON.stringify({ ...(JSON.parse(wholeRecord) as Record<string, unknown>), verdict: null, exitCode: null, endedAt: null }),
  );
  expect(await inspect("done", "--verify")).toMatchObject({
    code: 0,
    stdout: "the run recorded no event before it ended: nothing to compare\n",
  });
});
