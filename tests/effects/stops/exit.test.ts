import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { ask } from "../../support/children.js";
import { bundleFixture } from "../../support/bundle.js";
import { childrenOf, isAlive, start, until } from "../../support/processes.js";

const output = async (lines: number) =>
  start(process.execPath, [await bundleFixture("tests/support/fixtures/child-output.ts"), String(lines)]);

test("nothing is lost on a pipe that is read, also when the reader is slow", async () => {
  const writer = await output(2_000);
  writer.child.stdout?.pause();
  await pause(300);
  writer.child.stdout?.resume();
  expect((await writer.ended).code).toBe(3);
  expect(
    writer
      .stdout()
      .trimEnd()
      .split("\n")
      .map((line) => Number.parseInt(line, 10)),
  ).toEqual(Array.from({ length: 2_000 }, (_, i) => i));
});

test("a reader that stalls for good costs no more than the flush limit, though a child ran before", async () => {
  const writer = await output(2_000);
  writer.child.stdout?.pause();
  await until("it has ended", () => !isAlive(writer.pid), 5_000);
  writer.child.stdout?.resume();
  expect((await writer.ended).code).toBe(3);
});

test("a reader that died costs nothing: the code is ours", async () => {
  const writer = await output(2_000);
  writer.child.stdout?.destroy();
  expect(await writer.ended).toEqual({ code: 3, signal: null });
});

test("0 is not said of what a full disk did not take, and what a reader did not want is no failure", () => {
  const version = (to: string) => ask("sh", ["-c", `bin/recipe-ci --version ${to}`]);
  expect(version(">/dev/full")).toMatchObject({ code: 69, stderr: expect.stringContaining("could not be written: ENOSPC") as string });
  expect(version(">&-")).toMatchObject({ code: 0 });
  expect(ask("sh", ["-c", "{ bin/recipe-ci --help; echo $? >&2; } | true"]).stderr).toBe("0");
});

const watched = async (limitMs: number, then: "block" | "wait" | "end") => {
  const started = start(process.execPath, [await bundleFixture("tests/support/fixtures/child-blocked.ts"), String(limitMs), then]);
  await started.says("watched");
  return started;
};

test("a blocked event loop is ended at the limit", async () => {
  const startedAt = performance.now();
  const { ended } = await watched(900, "block");
  expect((await ended).signal).toBe("SIGKILL");
  expect(performance.now() - startedAt).toBeLessThan(10_000);
});

test("a stopped process is ended at the limit", async () => {
  const { ended, kill } = await watched(900, "wait");
  kill("SIGSTOP");
  expect((await ended).signal).toBe("SIGKILL");
});

test("called off, the watchdog goes at once and has not kept the process", async () => {
  const { ended } = await watched(60_000, "end");
  expect(await ended).toEqual({ code: 0, signal: null });
});

test("when the process is killed its watchdog goes too", async () => {
  const { pid, kill, ended } = await watched(60_000, "wait");
  await until("the watchdog sleeps", () => childrenOf(pid).some((dog) => childrenOf(dog).length === 1));
  const [dog = 0] = childrenOf(pid);
  const [sleeper = 0] = childrenOf(dog);
  kill("SIGKILL");
  await ended;
  await until("both are gone", () => !isAlive(dog) && !isAlive(sleeper), 1_000);
});
