import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { bundleFixture } from "../../support/bundle.js";
import { must, startSilent } from "../../support/children.js";
import { start, temporaryFolder, until } from "../../support/processes.js";
import { linesOf, runInSmall } from "./run-in-small.js";

// More signals than one, and what is no sign of a stop: stops.slow.test.ts.

const us = String(process.pid);

test.each([
  ["TERM", "SIGTERM", 143],
  ["INT", "SIGINT", 130],
  ["HUP", "SIGHUP", 129],
] as const)("%s is told as itself, and the process lives until it has torn down", async (cause, signal, code) => {
  const run = await runInSmall();
  run.kill(signal);
  expect(await run.ended).toEqual({ code, signal: null });
  expect(run.heard()).toEqual([cause, "torn down"]);
});

test("a stop that comes before anybody listens is not lost", async () => {
  const run = await runInSmall({ LISTEN_AFTER_MS: "300" });
  run.kill("SIGTERM");
  await pause(50);
  expect(run.heard()).toEqual([]);
  expect((await run.ended).code).toBe(143);
  expect(run.heard()).toEqual(["TERM", "torn down"]);
});

const pipe = (): { readonly reading: number; readonly close: () => void } => {
  const fifo = join(temporaryFolder(), "fifo");
  must("mkfifo", [fifo]);
  const both = openSync(fifo, "r+");
  const reading = openSync(fifo, "r");
  let open = true;
  const close = (): void => {
    if (open) closeSync(both);
    open = false;
  };
  onTestFinished(() => {
    closeSync(reading);
    close();
  });
  return { reading, close };
};

test("the end of the launcher's pipe is the launcher's end, and the death signal after it finds us deaf", async () => {
  const { reading, close } = pipe();
  const run = await runInSmall({ RECIPE_CI_LAUNCHER: us, TEARDOWN_MS: "300" }, { fd3: reading });
  expect(run.heard()).toEqual([]);
  close();
  await run.hears("parent");
  run.kill("SIGUSR2");
  expect(await run.ended).toEqual({ code: 143, signal: null });
  expect(run.heard()).toEqual(["parent", "torn down"]);
});

test("the open pipe and the listening keep nobody from ending", async () => {
  const { reading } = pipe();
  const run = await runInSmall({ RECIPE_CI_LAUNCHER: us, LIFE_MS: "100", EXIT: "3", END: "natural" }, { fd3: reading });
  expect((await run.ended).code).toBe(3);
});

/** A parent that is not us: a shell that names itself as the launcher, and has the run as its only child. */
const underShell = async (script: string, env: Record<string, string> = {}) => {
  const record = join(temporaryFolder(), "record");
  const program = await bundleFixture("tests/support/fixtures/child-stops.ts");
  const base = { PATH: process.env["PATH"] ?? "", RECORD: record, NODE: process.execPath, PROGRAM: program };
  const shell = start("sh", ["-c", script], { env: { ...base, ...env } });
  const lines = () => linesOf(record);
  const has = (line: string, limitMs?: number) =>
    until(
      () => `${line} in ${lines().join(", ")}`,
      () => lines().includes(line),
      limitMs,
    );
  return { shell, lines, has };
};

test("with no pipe and no death signal the changed parent is seen within a second", async () => {
  const { shell, has } = await underShell('RECIPE_CI_LAUNCHER=$$ "$NODE" "$PROGRAM" & wait');
  await has("ready");
  shell.kill("SIGKILL");
  await has("parent", 1_500);
  await has("torn down");
});

test("the death signal of a parent that died is believed at once", async () => {
  const { shell, has, lines } = await underShell('RECIPE_CI_LAUNCHER=$$ setpriv --pdeathsig USR2 -- "$NODE" "$PROGRAM" & wait');
  await has("ready");
  // Past the first look, and well before the next one: only the signal can tell.
  await pause(100);
  shell.kill("SIGKILL");
  await has("parent", 700);
  await has("torn down");
  expect(lines().filter((line) => line === "parent")).toHaveLength(1);
});

test("whoever is orphaned before the start refuses with 143 and does nothing", async () => {
  const gone = startSilent("true", []);
  await gone.ends();
  const run = await runInSmall({ RECIPE_CI_LAUNCHER: String(gone.pid) });
  expect(await run.ended).toEqual({ code: 143, signal: null });
  expect(run.heard()).toEqual(["refused"]);
});

test.each(["stdout", "stderr"] as const)("a dead reader of %s is a stop at the next write, and the teardown goes on", async (name) => {
  const run = await runInSmall({ TEARDOWN_MS: "200", ...(name === "stdout" ? { SAY_EVERY_MS: "20" } : { COMPLAIN_EVERY_MS: "20" }) });
  run.child[name]?.destroy();
  expect(await run.ended).toEqual({ code: 143, signal: null });
  expect(run.heard()).toEqual(["epipe", "torn down"]);
});

test("TERM to the whole group is one process hearing one TERM: its teardown is whole", async () => {
  const run = await runInSmall({ TEARDOWN_MS: "200" });
  run.killGroup("SIGTERM");
  expect((await run.ended).code).toBe(143);
  expect(run.heard()).toEqual(["TERM", "torn down"]);
});
