import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isAlive, until } from "../support/processes.js";
import { Sandbox } from "../support/sandbox-run.js";
import { sendSignal } from "../support/signal.js";

let sandbox: Sandbox;
beforeAll(() => {
  sandbox = new Sandbox();
});
afterAll(() => sandbox.close());

const fileOf = (run: string, name: string): string => join(sandbox.root, "runs", run, name);
const besideOf = (run: string): { readonly pid: number; readonly address: string } =>
  JSON.parse(readFileSync(fileOf(run, "inspect.json"), "utf8")) as { pid: number; address: string };

test("run --inspect prints where to watch, and neither its end nor its death is the run's", async () => {
  const run = sandbox.start(["run", "echo", "--sandbox", "--inspect", "--run-id", "watched"], {}, "watched");
  await run.says("watch it at http://127.0.0.1:");
  const { pid, address } = besideOf("watched");
  expect(run.output()).toContain(address);
  expect((await fetch(address)).status).toBe(200);
  sendSignal(pid, "SIGKILL");
  await until("the inspector is gone", () => !isAlive(pid));
  const { code, stdout } = await run.ended;
  expect(code).toBe(0);
  expect(stdout).toContain("nothing is left");
  expect(readFileSync(fileOf("watched", "run.log"), "utf8")).not.toContain(address);
});

test("the inspector beside a run outlives it for a while, and ends when it is told to", async () => {
  const { code } = await sandbox.run(["run", "echo", "--sandbox", "--inspect", "--run-id", "after"]);
  expect(code).toBe(0);
  const { pid, address } = besideOf("after");
  expect((await fetch(address)).status).toBe(200);
  sendSignal(pid, "SIGTERM");
  await until("the inspector is gone", () => !isAlive(pid));
});
