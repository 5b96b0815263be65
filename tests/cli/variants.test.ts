import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { childArguments } from "../../src/cli/variants/child-arguments.js";
import { createLines } from "../../src/cli/variants/lines.js";
import { worstCode } from "../../src/cli/variants/table.js";
import { commandOf } from "../support/drone/processes.js";
import { childrenOf, until } from "../support/processes.js";
import { Sandbox } from "../support/sandbox-run.js";
import { sendSignal } from "../support/signal.js";

vi.setConfig({ testTimeout: 120_000 });

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.close());

const operatorWith = (variants: string, custom = "exit 0"): NodeJS.ProcessEnv => {
  const folder = join(sandbox.root, "operators");
  cpSync("examples/operator/echo", join(folder, "echo"), { recursive: true });
  const file = join(folder, "echo", "recipe.yml");
  writeFileSync(file, `${readFileSync(file, "utf8")}\nvariants: ${variants}\n`);
  writeFileSync(join(folder, "echo", "tests", "custom", "10-echo"), `#!/bin/sh\n${custom}\n`, { mode: 0o755 });
  return { CCCI_RECIPES_DIR: folder };
};

const all = ["run", "echo", "--sandbox", "--stages", "custom", "--variant", "all", "--run-id", "v"];

test("--variant all makes a run for each variant, and ends with one table and the exit code of the worst", async () => {
  const variants = "{ loud: { env: { MOOD: loud } }, quiet: { env: { MOOD: quiet } }, third: { env: { MOOD: third } } }";
  const env = operatorWith(variants, 'if grep -q "^MOOD=.*quiet" "$ABRA_DIR/servers/default/$CCCI_APP_DOMAIN.env"; then echo too quiet; exit 1; fi');
  const { code, stdout } = await sandbox.run(all, env);
  expect(code, stdout).toBe(1);
  expect(stdout).toContain("3 variants of echo, 2 at once: loud, quiet, third");
  expect(stdout).toMatch(/^quiet: .*FAILED {2}10-echo/m);
  const table = stdout.slice(stdout.indexOf("variant  verdict"));
  expect(table).toMatch(/^loud +passed +0 +\d +.*\/v-loud$/m);
  expect(table).toMatch(/^quiet +failed +1 +0 +.*\/v-quiet$/m);
  expect(table).toMatch(/^third +passed +0 +\d +.*\/v-third$/m);
  expect(sandbox.leftovers()).toEqual([]);
});

test("a stop of --variant all is passed on: those that run tear down, those that wait are not begun, and with --json the table is a document", async () => {
  const env = operatorWith("{ a: { env: { X: a } }, b: { env: { X: b } }, c: { env: { X: c } } }", "sleep 60");
  const run = sandbox.start([...all, "--json"], env);
  const inTest = (name: string): boolean => run.output().includes(`${name}: `) && /test \(custom\): asserting/.test(run.output().split("\n").filter((line) => line.startsWith(`${name}: `)).join("\n"));
  await until("two variants are in their tests", () => inTest("a") && inTest("b"), 60_000);
  run.child.kill("SIGTERM");
  const { code, stdout } = await run.ended;
  expect(code).toBe(143);
  expect(JSON.parse(stdout)).toMatchObject({ recipe: "echo", stopped: "TERM", variants: [{ variant: "a", verdict: "stopped", exitCode: 143 }, { variant: "b", verdict: "stopped", exitCode: 143 }] });
  expect(sandbox.leftovers()).toEqual([]);
});

test("if the program behind --variant all is killed, each run notices, tears down and leaves nothing", async () => {
  const run = sandbox.start(all, operatorWith("{ a: { env: { X: a } }, b: { env: { X: b } } }", "sleep 60"));
  await until("both are in their tests", () => ["a", "b"].every((name) => run.output().split("\n").some((line) => line.startsWith(`${name}: `) && line.includes("test (custom): asserting"))), 60_000);
  const program = childrenOf(run.child.pid ?? 0).find((pid) => commandOf(pid).includes("main.cjs"));
  expect(program).toBeDefined();
  sendSignal(program ?? 0, "SIGKILL");
  expect((await run.ended).code).toBe(137);
  const records = (): readonly { verdict: string | null; exitCode: number | null }[] => ["v-a", "v-b"].map((id) => JSON.parse(readFileSync(join(sandbox.root, "runs", id, "run.json"), "utf8")) as { verdict: string | null; exitCode: number | null });
  await until("both records are closed", () => records().every(({ exitCode }) => exitCode !== null), 30_000);
  expect(records().map(({ verdict }) => verdict)).toEqual(["stopped", "stopped"]);
  expect(sandbox.leftovers()).toEqual([]);
});

test("--variant all of a recipe without variants, or with --hold, is a mistake of the user", async () => {
  const none = await sandbox.run(["run", "echo", "--sandbox", "--variant", "all"]);
  expect([none.code, none.stderr]).toEqual([2, expect.stringContaining("has no variants")]);
  const held = await sandbox.run([...all, "--hold"], operatorWith("{ a: {} }"));
  expect(held.code).toBe(2);
  const named = await sandbox.run(["run", "echo", "--sandbox", "--variant", "x"], operatorWith("{ all: {} }"));
  expect([named.code, `${named.stdout}${named.stderr}`]).toEqual([2, expect.stringContaining("and not `all`")]);
});

test("the run of a variant has the words that were given for all, and its own name, folder and share of the deadline", () => {
  const words = childArguments("echo", { sandbox: true, stages: "custom", variant: "all", runId: "v", deadline: "1h", json: true }, { variant: "a", runId: "v-a", leftMs: 90_500 });
  expect(words).toEqual(["run", "echo", "--sandbox", "--stages=custom", "--variant=a", "--run-id=v-a", "--deadline=90s", "--json"]);
});

test("the worst exit code is the one that says most of what has to be looked at, and a killed run is none of ours", () => {
  const worst = (...codes: readonly number[]) => worstCode(codes.map((exitCode) => ({ variant: "v", verdict: null, exitCode, level: null, durationMs: 1, folder: null })));
  expect([worst(0, 0), worst(0, 3, 0), worst(3, 1), worst(69, 1), worst(0, 137), worst(1, 70)]).toEqual([0, 3, 1, 1, 69, 70]);
});

test("lines come whole, and one without an end is not gathered for ever", () => {
  const said: string[] = [];
  const lines = createLines((line) => said.push(line));
  for (const text of ["one\ntw", "o\n", "x".repeat(20_000), "end"]) lines.add(text);
  lines.end();
  expect(said).toEqual(["one", "two", "x".repeat(20_000), "end"]);
});
