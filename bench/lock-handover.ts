import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { lockQueue } from "../src/effects/lock/lock-queue.js";
import { startTalking } from "../tests/support/children.js";
import { bundleProgram } from "./fixture.js";
import { median, percentile, type Row } from "./row.js";
import { waitUntil } from "./wait-until.js";

const rounds = 50;

const python = `
import fcntl,sys,time
f=open(sys.argv[1],'a+')
fcntl.flock(f,fcntl.LOCK_EX)
print('held',time.clock_gettime_ns(time.CLOCK_MONOTONIC)//1000,flush=True)
sys.stdin.readline()
f.close()
print('closed',flush=True)
time.sleep(60)
`;

type Talking = ReturnType<typeof startTalking>;

/** The holder whose lock is handed over: it closes its descriptor when told, without any output before that. */
const holderOf = (path: string): Talking => startTalking("python3", ["-c", python, path]);

/** Resolves with the process's line that begins like this; rejects if it ends without one. */
const says = async ({ stdout, complaint }: Talking, word: string): Promise<string> => {
  try {
    for await (const line of createInterface({ input: stdout })) if (line.startsWith(word)) return line;
  } finally {
    stdout.resume();
  }
  throw new Error(`it ended without saying ${word}: ${complaint()}`);
};

const nowUs = (): number => Number(process.hrtime.bigint() / 1_000n);

const handover = async (path: string, how: "close" | "kill", waiter: () => Talking, queued: () => Promise<void>): Promise<number> => {
  const holder = holderOf(path);
  await says(holder, "held");
  const waiting = waiter();
  const held = says(waiting, "held");
  await queued();
  const began = nowUs();
  if (how === "close") holder.stdin.write("\n");
  else holder.kill("SIGKILL");
  const at = Number((await held).split(" ")[1]);
  await Promise.all([holder.end(), waiting.end()]);
  return (at - began) / 1_000;
};

const fixture = `
import { waitForLock } from "./src/effects/lock/wait-for-lock.ts";
import { writeCard } from "./src/effects/lock/card.ts";
const fd = await waitForLock(process.argv[2], { signal: new AbortController().signal, onBusy: () => undefined });
const at = process.hrtime.bigint() / 1000n;
writeCard(fd, { runId: "bench", pid: process.pid, runDir: null, link: null, since: null });
process.stdout.write("held " + at + "\\n");
setInterval(() => undefined, 60000);
`;

const queueLength = (path: string): Promise<void> => waitUntil("somebody waits for the lock", () => lockQueue(path).waiters.length > 0);

/** The time from the holder's close, or its SIGKILL, to the waiter's first instruction with the lock. */
export const lockHandover = async (): Promise<readonly Row[]> => {
  const folder = mkdtempSync(join(tmpdir(), "recipe-ci-bench-"));
  try {
    const path = join(folder, "lock");
    await bundleProgram(fixture, join(folder, "waiter.mjs"));
    const ours = (): Talking => startTalking(process.execPath, [join(folder, "waiter.mjs"), path]);
    const theirs = (): Talking => holderOf(path);
    const rows: Row[] = [];
    for (const how of ["close", "kill"] as const) {
      const times = { ours: [] as number[], theirs: [] as number[] };
      for (let round = 0; round < rounds; round += 1) {
        times.theirs.push(await handover(path, how, theirs, () => queueLength(path)));
        times.ours.push(await handover(path, how, ours, () => queueLength(path)));
      }
      const name = `lock hand-over after ${how === "close" ? "close" : "SIGKILL"}`;
      const against = "python fcntl.flock, blocking";
      rows.push(
        { name: `${name}, median`, ours: median(times.ours), against, reference: median(times.theirs), unit: "ms", goal: null },
        {
          name: `${name}, p99 of ${rounds}`,
          ours: percentile(times.ours, 0.99),
          against,
          reference: percentile(times.theirs, 0.99),
          unit: "ms",
          goal: { kind: "alone", most: 10 },
        },
      );
    }
    return rows;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
