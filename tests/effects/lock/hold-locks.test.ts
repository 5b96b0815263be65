import { readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { lockPath } from "../../../src/effects/lock/lock-file.js";
import { lockQueue } from "../../../src/effects/lock/lock-queue.js";
import type { Domain } from "../../../src/machines/vocabulary.js";
import { end, hold, makeHolder } from "../../support/lock-holder.js";
import { temporaryFolder, until } from "../../support/processes.js";

beforeAll(makeHolder);

const [one, other] = ["aaaa-000001.test.example", "bbbb-000002.test.example"] as const;
const runIdOn = (dir: string, domain: string): unknown =>
  (JSON.parse(readFileSync(lockPath(dir, domain as Domain), "utf8")) as { runId: unknown }).runId;

test("when two runs have each other's apps as deps and start at once, they do not deadlock", async () => {
  const dir = temporaryFolder();
  const gates = [hold(dir, "gate", {}, [one]), hold(dir, "gate", {}, [other])];
  await Promise.all(gates.map((gate) => gate.says("lock.held")));
  const [first, second] = [hold(dir, "first", {}, [one, other]), hold(dir, "second", {}, [other, one])];
  await Promise.all([first.says("lock.busy"), second.says("lock.busy")]);
  await until("both wait", () => [one, other].flatMap((domain) => lockQueue(lockPath(dir, domain as Domain)).waiters).length === 2);
  await end(...gates);
  const winner = await Promise.race([first, second].map((run) => run.says("lock.held").then(() => run)));
  const loser = winner === first ? second : first;
  expect(loser.said().some(({ type }) => type === "lock.held")).toBe(false);
  expect(new Set([runIdOn(dir, one), runIdOn(dir, other)])).toEqual(new Set([winner === first ? "first" : "second"]));
  await end(winner);
  await loser.says("lock.held");
  await end(loser);
});

test("when a run waits for a dep's lock, it holds those before it, and reports its locks only when it has the last", async () => {
  const dir = temporaryFolder();
  const dep = hold(dir, "dep", {}, [other]);
  await dep.says("lock.held");
  const run = hold(dir, "run", {}, [one, other]);
  await run.says("lock.busy");
  await until("it waits for the dep", () => lockQueue(lockPath(dir, other as Domain)).waiters.length === 1);
  expect(runIdOn(dir, one)).toBe("run");
  expect(run.said().map(({ type }) => type)).toEqual(["lock.busy"]);
  dep.kill("SIGKILL");
  await run.says("lock.held");
  await end(dep, run);
});
