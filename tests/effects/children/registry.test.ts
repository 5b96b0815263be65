import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { randomBytes } from "node:crypto";
import { expect, onTestFinished, test } from "vitest";
import { createChildRegistry } from "../../../src/effects/children/registry.js";
import type { ScopeName } from "../../../src/effects/children/scope-name.js";
import { bundleFixture } from "../../support/bundle.js";
import { expectNoProcesses, isAlive, processesWith, start, temporaryFolder, until } from "../../support/processes.js";

const path = process.env["PATH"] ?? "";

const setUp = () => {
  const registry = createChildRegistry();
  onTestFinished(() => void process.off("exit", registry.killAll));
  const cookie = randomBytes(8).toString("hex");
  onTestFinished(() => expectNoProcesses(cookie));
  const sh = (scope: ScopeName, script: string, signal?: AbortSignal) =>
    registry.scope(scope).run({ file: "sh", args: ["-c", script], env: { PATH: path, CCCI_RUN_COOKIE: cookie }, limitMs: 20_000 }, signal);
  const running = (count: number) => until(`${count} children`, () => processesWith("CCCI_RUN_COOKIE", cookie).length === count);
  return { registry, cookie, sh, running };
};

test("once a scope is drained, it starts no child, and other scopes still do", async () => {
  const { registry, sh } = setUp();
  await registry.scope("work").drain(1_000);
  await expect(sh("work", "true")).rejects.toMatchObject({ code: "scope-closed" });
  expect(registry.scope("work").closed).toBe(true);
  await expect(sh("teardown", "echo still")).resolves.toMatchObject({ stdout: "still\n" });
});

test("a drain ends the living children, by KILL if they ignore TERM, and resolves when none is left", async () => {
  const { registry, sh, running, cookie } = setUp();
  const deaf = join(temporaryFolder(), "deaf");
  const ends = [sh("work", "exec sleep 30"), sh("work", `trap '' TERM; : >'${deaf}'; while :; do read -r _ </dev/null; done`)];
  await running(2);
  await until("it is deaf", () => existsSync(deaf));
  const startedAt = performance.now();
  await registry.scope("work").drain(600);
  expect(processesWith("CCCI_RUN_COOKIE", cookie)).toEqual([]);
  expect(registry.alive()).toEqual([]);
  expect(performance.now() - startedAt).toBeGreaterThan(250);
  expect(performance.now() - startedAt).toBeLessThan(2_000);
  expect((await Promise.all(ends)).map(({ signal }) => signal)).toEqual(["SIGTERM", "SIGKILL"]);
});

test("when a drain follows an abort with a longer grace, the drain's shorter one counts", async () => {
  const { registry, cookie } = setUp();
  const abort = new AbortController();
  const env = { PATH: path, CCCI_RUN_COOKIE: cookie };
  let isDeaf = false;
  const onOutput = (): void => void (isDeaf = true);
  const args = ["-c", "trap '' TERM; echo deaf; while :; do read -r _ </dev/null; done"];
  const end = registry.scope("work").run({ file: "sh", args, env, limitMs: 20_000, graceMs: 20_000, onOutput }, abort.signal);
  await until("it is deaf", () => isDeaf);
  abort.abort();
  const startedAt = performance.now();
  await registry.scope("work").drain(200);
  expect(performance.now() - startedAt).toBeLessThan(5_000);
  expect(await end).toMatchObject({ signal: "SIGKILL", aborted: true });
});

test("when a scope has no children, any number of drains resolve at once", async () => {
  const { registry } = setUp();
  await Promise.all([registry.scope("janitor").drain(5_000), registry.scope("janitor").drain(5_000)]);
  expect(registry.scope("janitor").closed).toBe(true);
});

test("when the signal was aborted before the start, no child is started", async () => {
  const { sh, cookie } = setUp();
  await expect(sh("work", "sleep 30", AbortSignal.abort())).rejects.toMatchObject({ code: "scope-closed" });
  expect(processesWith("CCCI_RUN_COOKIE", cookie)).toEqual([]);
});

test("killAll kills the children of every scope with their process groups", async () => {
  const { registry, sh, running } = setUp();
  const ends = [sh("work", "sleep 30 & wait"), sh("teardown", "exec sleep 30")];
  await running(3);
  registry.killAll();
  await running(0);
  expect((await Promise.all(ends)).map(({ signal }) => signal)).toEqual(["SIGKILL", "SIGKILL"]);
});

const host = async (script: string) => {
  const cookie = randomBytes(8).toString("hex");
  onTestFinished(() => expectNoProcesses(cookie));
  const started = start(process.execPath, [await bundleFixture("tests/support/fixtures/child-host.ts"), script, cookie]);
  await started.says("child");
  const child = Number(started.stdout().trim().split(" ")[1]);
  const running = (count: number) => until(`${count} children`, () => processesWith("CCCI_RUN_COOKIE", cookie).length === count);
  return { ...started, child, running };
};

test.each([
  ["process.exit", "SIGHUP", 7],
  ["an uncaught throw", "SIGINT", 1],
] as const)("when our process ends by %s, no process group of its children outlives it", async (_, how, code) => {
  const { kill, ended, running } = await host("trap '' TERM; sleep 30 & sleep 30 & wait; wait");
  await running(3);
  kill(how);
  expect((await ended).code).toBe(code);
  await running(0);
});

test("when our process is killed, the kernel kills its children", async () => {
  const { kill, ended, child } = await host("exec sleep 30");
  // setpriv may not have asked the kernel yet while it runs: a child left by a death at that moment is for the sweep.
  await until("the child runs its own program", () => readFileSync(`/proc/${child}/comm`, "utf8") === "sleep\n");
  kill("SIGKILL");
  await ended;
  await until("the child is gone", () => !isAlive(child), 1_000);
});
