import { execa } from "execa";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { median, type Row } from "./row.js";

const rounds = 25;

/** A stand-in for docker or abra that creates the file `started` at its first start and fails, so the run ends in prepare. */
const noteStart = (folder: string, name: string): string => {
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\n[ -e ${folder}/started ] || : >${folder}/started\nexit 1\n`);
  chmodSync(file, 0o755);
  return file;
};

interface Start {
  readonly firstLineMs: number;
  readonly firstChildMs: number;
  readonly endMs: number;
}

type Env = Readonly<Record<string, string | undefined>>;

const startOf = async (folder: string, words: readonly [string, ...string[]], env: Env): Promise<Start> => {
  const mark = join(folder, "started");
  rmSync(mark, { force: true });
  const [file, ...args] = words;
  let firstLineMs = Number.NaN;
  const began = performance.now();
  const child = execa(file, args, { env, extendEnv: false, reject: false, stdin: "ignore", stderr: "ignore", buffer: false });
  child.stdout.once("data", () => (firstLineMs = performance.now() - began));
  await child;
  const endMs = performance.now() - began;
  const made = statSync(mark, { throwIfNoEntry: false })?.birthtimeMs ?? Number.NaN;
  return { firstLineMs, firstChildMs: made - performance.timeOrigin - began, endMs };
};

const status = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/status`, "latin1");
  } catch {
    return ""; // The process has ended.
  }
};

/** A process's peak memory, as the kernel counts it (VmHWM). */
const peakMib = async (file: string, args: readonly string[], env: Env): Promise<number> => {
  const child = execa(file, args, { env, extendEnv: false, stdio: "ignore" });
  let kib = 0;
  const look = setInterval(() => (kib = Math.max(kib, Number(/VmHWM:\s+(\d+) kB/.exec(status(child.pid ?? 0))?.[1] ?? 0))), 5);
  await child;
  clearInterval(look);
  return kib / 1024;
};

/** The peak memory of a whole green run in the sandbox: of the program, not of its launcher. */
const greenPeakMib = async (): Promise<number> => {
  const root = mkdtempSync(join(tmpdir(), "recipe-ci-bench-"));
  try {
    return await peakMib(process.execPath, ["dist/main.cjs", "run", "echo", "--sandbox"], {
      PATH: process.env["PATH"],
      HOME: root,
      RECIPE_CI_SANDBOX: root,
    });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
};

/** The time from the start to a run's first line and first child, with and without the launcher; and a run's peak memory. */
export const startUp = async (): Promise<readonly Row[]> => {
  const folder = mkdtempSync(join(tmpdir(), "recipe-ci-bench-"));
  try {
    for (const name of ["locks", "abra"]) mkdirSync(join(folder, name));
    const env = {
      PATH: process.env["PATH"],
      HOME: folder,
      CCCI_ZONE: "bench.test",
      CCCI_APP_LOCK_DIR: join(folder, "locks"),
      CCCI_RUNS_DIR: join(folder, "runs"),
      ABRA_DIR: join(folder, "abra"),
      CCCI_ABRA: noteStart(folder, "abra-notes"),
      CCCI_DOCKER: noteStart(folder, "docker-notes"),
    };
    const run = ["run", "echo", "--src", "/nowhere"];
    const starts: { readonly node: Start[]; readonly program: Start[]; readonly launcher: Start[] } = {
      node: [],
      program: [],
      launcher: [],
    };
    for (let round = 0; round < rounds; round += 1) {
      starts.node.push(await startOf(folder, [process.execPath, "-e", "0"], env));
      starts.program.push(await startOf(folder, [process.execPath, "dist/main.cjs", ...run], env));
      starts.launcher.push(await startOf(folder, ["bin/recipe-ci", ...run], env));
    }
    const of = (from: readonly Start[], what: keyof Start): number => median(from.map((start) => start[what]));
    const reference = of(starts.node, "endMs");
    const row = (name: string, from: readonly Start[], what: keyof Start, goal: Row["goal"] = null): Row => ({
      name,
      ours: of(from, what),
      against: "node -e 0",
      reference,
      unit: "ms",
      goal,
    });
    return [
      row("launcher → the run's first line", starts.launcher, "firstLineMs", { kind: "alone", most: 120 }),
      row("launcher → the first child", starts.launcher, "firstChildMs", { kind: "x", most: 2 }),
      row("program → the run's first line", starts.program, "firstLineMs"),
      row("program → the first child", starts.program, "firstChildMs"),
      {
        name: "peak memory of a green run",
        ours: median([await greenPeakMib(), await greenPeakMib(), await greenPeakMib()]),
        against: "bare node",
        reference: await peakMib(process.execPath, ["-e", "setTimeout(() => 0, 100)"], env),
        unit: "MiB",
        goal: { kind: "alone", most: 80 },
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
