import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { commandOf } from "../support/drone/processes.js";
import { childrenOf, until } from "../support/processes.js";
import { Sandbox } from "../support/sandbox-run.js";
import { sendSignal } from "../support/signal.js";
import { all, operatorWith } from "./variant-cases.js";

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.close());

test("a stop of --variant all is passed on: those that run tear down, those that wait are not begun, and with --json the table is a document", async () => {
  const env = operatorWith(sandbox, "{ a: { env: { X: a } }, b: { env: { X: b } }, c: { env: { X: c } } }", "sleep 60");
  const run = sandbox.start([...all, "--json"], env);
  const inTest = (name: string): boolean =>
    run.output().includes(`${name}: `) &&
    /test \(custom\): asserting/.test(
      run
        .output()
        .split("\n")
        .filter((line) => line.startsWith(`${name}: `))
        .join("\n"),
    );
  await until("two variants are in their tests", () => inTest("a") && inTest("b"), 60_000);
  run.child.kill("SIGTERM");
  const { code, stdout } = await run.ended;
  expect(code).toBe(143);
  expect(JSON.parse(stdout)).toMatchObject({
    recipe: "echo",
    stopped: "TERM",
    variants: [
      { variant: "a", verdict: "stopped", exitCode: 143 },
      { variant: "b", verdict: "stopped", exitCode: 143 },
    ],
  });
  expect(sandbox.leftovers()).toEqual([]);
});

test("if the program behind --variant all is killed, each run notices, tears down and leaves nothing", async () => {
  const run = sandbox.start(all, operatorWith(sandbox, "{ a: { env: { X: a } }, b: { env: { X: b } } }", "sleep 60"));
  await until(
    "both are in their tests",
    () =>
      ["a", "b"].every((name) =>
        run
          .output()
          .split("\n")
          .some((line) => line.startsWith(`${name}: `) && line.includes("test (custom): asserting")),
      ),
    60_000,
  );
  const program = childrenOf(run.child.pid ?? 0).find((pid) => commandOf(pid).includes("main.cjs"));
  expect(program).toBeDefined();
  sendSignal(program ?? 0, "SIGKILL");
  expect((await run.ended).code).toBe(137);
  const records = (): readonly { verdict: string | null; exitCode: number | null }[] =>
    ["v-a", "v-b"].map(
      (id) =>
        JSON.parse(readFileSync(join(sandbox.root, "runs", id, "run.json"), "utf8")) as { verdict: string | null; exitCode: number | null },
    );
  await until("both records are closed", () => records().every(({ exitCode }) => exitCode !== null), 30_000);
  expect(records().map(({ verdict }) => verdict)).toEqual(["stopped", "stopped"]);
  expect(sandbox.leftovers()).toEqual([]);
});
