import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { isAlive, temporaryFolder, until } from "../../support/processes.js";
import { runInSmall } from "./run-in-small.js";

const us = String(process.pid);

test("later stops are told as well and change nothing", async () => {
  const run = await runInSmall({ TEARDOWN_MS: "400" });
  run.kill("SIGINT");
  await run.hears("INT");
  run.kill("SIGTERM");
  await run.hears("TERM");
  run.kill("SIGHUP");
  expect((await run.ended).code).toBe(130);
  expect(run.heard()).toEqual(["INT", "TERM", "HUP", "torn down"]);
});

test("the death signal is not believed while the parent is the same", async () => {
  const run = await runInSmall({ RECIPE_CI_LAUNCHER: us, LIFE_MS: "1500" });
  run.kill("SIGUSR2");
  await pause(100);
  run.kill("SIGUSR2");
  expect(await run.ended).toEqual({ code: 0, signal: null });
  expect(run.heard()).toEqual([]);
});

test("without a launcher the death signal does nothing at all", async () => {
  const run = await runInSmall({ LIFE_MS: "400" });
  run.kill("SIGUSR2");
  expect(await run.ended).toEqual({ code: 0, signal: null });
});

test("a descriptor 3 that is no pipe is not taken for the launcher's", async () => {
  const file = openSync(join(temporaryFolder(), "file"), "w+");
  onTestFinished(() => closeSync(file));
  const run = await runInSmall({ RECIPE_CI_LAUNCHER: us, LIFE_MS: "300" }, { fd3: file });
  expect((await run.ended).code).toBe(0);
  expect(run.heard()).toEqual([]);
});

test("a reader that stalls does not stop the teardown nor the end", async () => {
  const run = await runInSmall({ TEARDOWN_MS: "200", SAY_EVERY_MS: "1", SAY_BYTES: "20000" });
  run.child.stdout?.pause();
  await pause(300);
  run.kill("SIGTERM");
  await run.hears("torn down", 2_000);
  await until("it has ended", () => !isAlive(run.pid), 4_000);
  run.child.stdout?.resume();
  expect((await run.ended).code).toBe(143);
});

test("a second TERM, and then a throw on the way out: still 143", async () => {
  const run = await runInSmall({ TEARDOWN_MS: "200", THROW_AT_END: "1" });
  run.kill("SIGTERM");
  await run.hears("TERM");
  run.kill("SIGTERM");
  expect((await run.ended).code).toBe(143);
  expect(run.stderr()).toContain("thrown on purpose");
  expect(run.heard()).toEqual(["TERM", "TERM", "torn down"]);
});
