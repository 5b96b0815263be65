import { existsSync, lstatSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { TraceLine } from "../../src/machines/trace-line.js";
import { verifyTrace } from "../../src/machines/trace.js";
import { machines } from "../../src/cli/chart/machines.js";
import type { ResultsFile } from "../../src/effects/report/results.js";
import type { Ended } from "../support/program.js";
import { Sandbox } from "../support/sandbox-run.js";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.close());

const faults = (...list: readonly object[]): void => writeFileSync(join(sandbox.root, "faults.json"), JSON.stringify(list));

describe("a run in the sandbox that passes", () => {
  const own = new Sandbox();
  let ended: Ended;
  // The second of the same id: what the first one made up is in neither's files.
  beforeAll(async () => {
    await own.run(["run", "notes", "--sandbox", "--stages", "install", "--run-id", "green"]);
    // A browser that draws nothing: whatever is found out beside the verdict changes none.
    ended = await own.run(["run", "notes", "--sandbox", "--run-id", "green"], { CCCI_CHROMIUM: "/bin/false" });
  });
  afterAll(() => own.close());
  const file = (name: string): string => join(own.root, "runs", "green-2", name);

  test("exits 0, leaves nothing, and says where everything lies", () => {
    expect(ended.stdout).toContain("passed, exit code 0");
    expect(ended.stdout).toContain("nothing is left");
    expect(ended.code).toBe(0);
    expect(own.leftovers()).toEqual([]);
    expect(JSON.parse(readFileSync(file("run.json"), "utf8"))).toMatchObject({
      verdict: "passed",
      cleanliness: "clean",
      exitCode: 0,
      deploys: 1,
      cause: null,
    });
    for (const name of ["junit.xml", "results.json", "badge.svg", "run.log", "events.jsonl"])
      expect(existsSync(file(name)), name).toBe(true);
  });

  test("records events that the pure charts replay to the same states, and a record with a line missing or swapped is refused", () => {
    const lines = readFileSync(file("events.jsonl"), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as TraceLine);
    expect(verifyTrace(machines, lines)).toEqual({ ok: true });
    const middle = Math.floor(lines.length / 2);
    expect(verifyTrace(machines, lines.toSpliced(middle, 1)).ok).toBe(false);
    const swapped = [...lines];
    [swapped[middle], swapped[middle + 1]] = [swapped[middle + 1] as TraceLine, swapped[middle] as TraceLine];
    expect(verifyTrace(machines, swapped).ok).toBe(false);
  });

  test("tells its level, what lint found, what each service took, and why there is no picture", () => {
    const results = JSON.parse(readFileSync(file("results.json"), "utf8")) as ResultsFile;
    expect(results).toMatchObject({
      verdict: "passed",
      rungs: { install: "pass", functional: "pass", lint: "pass" },
      lint: { status: "pass", rules_failed: [] },
      screenshot: null,
    });
    expect(results.usage["app"]?.memory_peak).toBeGreaterThan(1_000_000);
    expect(Object.values(results.stages).every(({ duration }) => duration >= 0)).toBe(true);
    expect(readFileSync(file("lint.txt"), "utf8")).toContain("R009");
    expect(readFileSync(file("summary.md"), "utf8")).toContain("`notes` passed, level");
    expect(readFileSync(file("report.html"), "utf8")).toContain("No picture of the first page: the browser drew nothing");
  });

  test("keeps its record from other users", () => {
    const kept = ["", ...readdirSync(join(own.root, "runs", "green-2"), { recursive: true, encoding: "utf8" })];
    expect(kept.filter((name) => lstatSync(file(name)).isFile() && (lstatSync(file(name)).mode & 0o077) !== 0)).toEqual([]);
    expect(lstatSync(file("")).mode & 0o777).toBe(0o700);
  });

  test("prints no secret anywhere", () => {
    for (const name of ["run.log", "events.jsonl", "run.json", "results.json", "junit.xml"]) {
      const text = readFileSync(file(name), "utf8");
      expect(text, name).not.toMatch(/admin_token\s+[0-9a-f]{24}/);
      expect(text, name).not.toMatch(/\b[0-9a-f]{24}\b/);
    }
    expect(ended.stdout).not.toMatch(/\b[0-9a-f]{24}\b/);
    expect(JSON.parse(readFileSync(file("results.json"), "utf8"))).toMatchObject({ flags: { no_secret_leak: true } });
  });
});

describe("a run in the sandbox", () => {
  test("whose service exits at once fails with the service's last words, and is torn down", async () => {
    faults({ when: "service app", do: "crash-loop" });
    const { code, stdout } = await sandbox.run(["run", "echo", "--sandbox"], { RECIPE_CI_HEARTBEAT: "500ms" });
    expect(code).toBe(1);
    expect(stdout, "what it waits for").toMatch(/ still in deploy: converging: echo-\S+_app\.1 \w/);
    expect(stdout).toContain("does not stay up");
    expect(stdout).toContain("  crash-loop: told to exit");
    expect(sandbox.leftovers()).toEqual([]);
  });
});

describe("bad input exits 2 and touches nothing:", () => {
  const cases: readonly (readonly [string, readonly string[], string])[] = [
    ["an unknown stage", ["run", "notes", "--sandbox", "--stages", "instal"], "Did you mean install?"],
    ["a malformed deadline", ["run", "notes", "--sandbox", "--deadline", "soon"], "is not a duration"],
    ["a run id with a slash", ["run", "notes", "--sandbox", "--run-id", "a/b"], "may have only"],
    ["an unknown flag", ["run", "notes", "--sandbx"], "has no option"],
    ["a recipe that is no name", ["run", "../notes", "--sandbox"], "A folder or address goes after --src"],
    ["a folder that is no recipe's", ["run", "."], "is not a recipe's folder"],
  ];
  for (const [name, args, text] of cases) {
    test(name, async () => {
      const { code, stderr, stdout } = await sandbox.run(args);
      expect(stderr).toContain(text);
      expect(stderr).toContain("next: ");
      expect(stdout).toBe("");
      expect(code).toBe(2);
      expect(existsSync(join(sandbox.root, "runs"))).toBe(false);
    });
  }

  test("an unknown recipe", async () => {
    const { code, stdout } = await sandbox.run(["run", "nonesuch", "--sandbox"]);
    expect(stdout).toMatch(/unknown-recipe: .*\nnext: Known: echo, guestbook, notes\./);
    expect(code).toBe(2);
    expect(sandbox.leftovers()).toEqual([]);
  });

  test("a ref that does not exist", async () => {
    const { code, stdout } = await sandbox.run(["run", "echo", "--sandbox", "--ref", "no-such-branch"]);
    expect(stdout).toContain("bad-ref");
    expect(code).toBe(2);
  });
});
