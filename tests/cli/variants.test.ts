import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { childArguments } from "../../src/cli/variants/child-arguments.js";
import { createLines } from "../../src/cli/variants/lines.js";
import { worstCode } from "../../src/cli/variants/table.js";
import { Sandbox } from "../support/sandbox-run.js";
import { all, operatorWith } from "./variant-cases.js";

vi.setConfig({ testTimeout: 120_000 });

// Stops and kills of all of them: variants.slow.test.ts.
let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.close());

test("--variant all makes a run for each variant, and ends with one table and the exit code of the worst", async () => {
  const variants = "{ loud: { env: { MOOD: loud } }, quiet: { env: { MOOD: quiet } }, third: { env: { MOOD: third } } }";
  const env = operatorWith(
    sandbox,
    variants,
    'if grep -q "^MOOD=.*quiet" "$ABRA_DIR/servers/default/$CCCI_APP_DOMAIN.env"; then echo too quiet; exit 1; fi',
  );
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

test("--variant all of a recipe without variants, or with --hold, is a mistake of the user", async () => {
  const none = await sandbox.run(["run", "echo", "--sandbox", "--variant", "all"]);
  expect([none.code, none.stderr]).toEqual([2, expect.stringContaining("has no variants")]);
  const held = await sandbox.run([...all, "--hold"], operatorWith(sandbox, "{ a: {} }"));
  expect(held.code).toBe(2);
  const named = await sandbox.run(["run", "echo", "--sandbox", "--variant", "x"], operatorWith(sandbox, "{ all: {} }"));
  expect([named.code, `${named.stdout}${named.stderr}`]).toEqual([2, expect.stringContaining("and not `all`")]);
});

test("the run of a variant has the words that were given for all, and its own name, folder and share of the deadline", () => {
  const words = childArguments(
    "echo",
    { sandbox: true, stages: "custom", variant: "all", runId: "v", deadline: "1h", json: true },
    { variant: "a", runId: "v-a", leftMs: 90_500 },
  );
  expect(words).toEqual(["run", "echo", "--sandbox", "--stages=custom", "--variant=a", "--run-id=v-a", "--deadline=90s", "--json"]);
});

test("the worst exit code is the one that says most of what has to be looked at, and a killed run is none of ours", () => {
  const worst = (...codes: readonly number[]) =>
    worstCode(codes.map((exitCode) => ({ variant: "v", verdict: null, exitCode, level: null, durationMs: 1, folder: null })));
  expect([worst(0, 0), worst(0, 3, 0), worst(3, 1), worst(69, 1), worst(0, 137), worst(1, 70)]).toEqual([0, 3, 1, 1, 69, 70]);
});

test("lines come whole, and one without an end is not gathered for ever", () => {
  const said: string[] = [];
  const lines = createLines((line) => said.push(line));
  for (const text of ["one\ntw", "o\n", "x".repeat(20_000), "end"]) lines.add(text);
  lines.end();
  expect(said).toEqual(["one", "two", "x".repeat(20_000), "end"]);
});
