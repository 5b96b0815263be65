import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { lockQueue } from "../src/effects/lock/lock-queue.js";
import { linesOf, startProcess, startSilent, type StartedProcess } from "../tests/support/children.js";
import { bundleProgram } from "./fixture.js";
import { median, type Row } from "./row.js";
import { waitUntil } from "./wait-until.js";

const waiters = 20;
const rounds = 5;
const idleSeconds = Number(process.env["BENCH_WAIT_SECONDS"] ?? 60);

/** A program that waits for the lock as a run does, prints its number and ends. */
const ours = `
import { waitForLock } from "./src/effects/lock/wait-for-lock.ts";
await waitForLock(process.argv[2], { signal: new AbortController().signal, onBusy: () => undefined });
process.stdout.write(process.argv[3] + "\\n");
process.exit(0);
`;

const waiting = (path: string, count: number): Promise<void> =>
  waitUntil(`${count} wait for the lock`, () => lockQueue(path).waiters.length >= count);

interface Drain {
  readonly ms: number;
  readonly inOrder: number;
}

/** The time from the holder's end to the last waiter's, and how many waiters were served in the order in which they came. */
const drain = async (path: string, waiter: (number: string) => StartedProcess): Promise<Drain> => {
  const holder = startSilent("flock", ["--no-fork", path, "sleep", "600"]);
  await waitUntil("the lock is held", () => lockQueue(path).holder !== null);
  const served: string[] = [];
  const all: Promise<unknown>[] = [];
  for (let index = 0; index < waiters; index += 1) {
    const child = waiter(String(index));
    child.child.stdout.on("data", (text: string) => served.push(...linesOf(text)));
    all.push(child.ended);
    await waiting(path, index + 1);
  }
  const began = performance.now();
  holder.kill("SIGKILL");
  await Promise.all(all);
  return { ms: performance.now() - began, inOrder: served.filter((number, index) => number === String(index)).length };
};

const ticksOf = (pid: number): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, "latin1").split(") ")[1]?.split(" ") ?? [];
  return Number(fields[11]) + Number(fields[12]);
};

const switchesOf = (pid: number): number => {
  const found = [...readFileSync(`/proc/${pid}/status`, "utf8").matchAll(/ctxt_switches:\t(\d+)/g)];
  return found.reduce((sum, [, count]) => sum + Number(count), 0);
};

/** The processor time that one waiter and its helper use while nothing happens. */
const idle = async (path: string, program: string): Promise<{ readonly ms: number; readonly switches: number }> => {
  const holder = startSilent("flock", ["--no-fork", path, "sleep", "600"]);
  await waitUntil("the lock is held", () => lockQueue(path).holder !== null);
  const waiter = startSilent(process.execPath, [program, path, "0"]);
  await waiting(path, 1);
  const { pid } = waiter;
  const helper = Number(readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ")[0]);
  // Only the waiting is measured, not the program's start.
  await pause(1_000);
  const sum = (of: (pid: number) => number): number => of(pid) + of(helper);
  const [ticks, switches] = [sum(ticksOf), sum(switchesOf)];
  await pause(idleSeconds * 1_000);
  const used = { ms: (sum(ticksOf) - ticks) * 10, switches: sum(switchesOf) - switches };
  await Promise.all([holder.end(), waiter.end()]);
  return used;
};

/** Measures a queue of twenty waiters, and one waiter that only waits. */
export const lockWaiters = async (): Promise<readonly Row[]> => {
  const folder = mkdtempSync(join(tmpdir(), "recipe-ci-bench-"));
  try {
    const [path, program] = [join(folder, "lock"), join(folder, "waiter.mjs")];
    await bundleProgram(ours, program);
    const drains: { readonly ours: Drain[]; readonly theirs: Drain[] } = { ours: [], theirs: [] };
    for (let round = 0; round < rounds; round += 1) {
      drains.theirs.push(await drain(path, (number) => startProcess("flock", [path, "echo", number])));
      drains.ours.push(await drain(path, (number) => startProcess(process.execPath, [program, path, number])));
    }
    const fewest = (of: readonly Drain[]): number => Math.min(...of.map(({ inOrder }) => inOrder));
    const used = await idle(path, program);
    return [
      {
        name: `${waiters} waiters, until the last was served`,
        ours: median(drains.ours.map(({ ms }) => ms)),
        against: "flock(1)",
        reference: median(drains.theirs.map(({ ms }) => ms)),
        unit: "ms",
        goal: null,
      },
      {
        name: `of ${waiters} waiters, served in order (worst of ${rounds})`,
        ours: fewest(drains.ours),
        against: "flock(1)",
        reference: fewest(drains.theirs),
        unit: "waiters",
        goal: null,
      },
      {
        name: `processor of a waiter and its helper in ${idleSeconds} s`,
        ours: used.ms,
        against: "",
        reference: null,
        unit: "ms",
        goal: { kind: "alone", most: 10 },
      },
      { name: `its context switches in ${idleSeconds} s`, ours: used.switches, against: "", reference: null, unit: "switches", goal: null },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
