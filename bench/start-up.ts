import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { median, type Row } from "./row.js";

const rounds = 25;

const timed = (file: string, args: readonly string[], env: NodeJS.ProcessEnv): number => {
  const began = performance.now();
  spawnSync(file, args, { env, stdio: "ignore" });
  return performance.now() - began;
};

/** A docker and an abra that only note, with the monotonic clock, that they were started; the run then ends in prepare. */
const noteStart = (folder: string, name: string): string => {
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\nread -r up rest </proc/uptime\necho "$up" >>${folder}/started\nexit 1\n`);
  chmodSync(file, 0o755);
  return file;
};

const peakKib = (file: string, args: readonly string[], env: NodeJS.ProcessEnv): number => {
  const { stdout } = spawnSync("sh", ["-c", '"$@" >/dev/null 2>&1 & pid=$!; while kill -0 $pid 2>/dev/null; do grep VmHWM /proc/$pid/status 2>/dev/null; sleep 0.005; done; wait', "sh", file, ...args], { env, encoding: "utf8" });
  return Math.max(...[...stdout.matchAll(/VmHWM:\s+(\d+) kB/g)].map(([, kib]) => Number(kib)));
};

/** From the start of the process to the start of its first child, and the most memory it takes, beside a bare node. */
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
      BENCH: "1",
    };
    const firstChild = (file: string, args: readonly string[]): number => {
      rmSync(join(folder, "started"), { force: true });
      const uptime = Number(readFileSync("/proc/uptime", "utf8").split(" ", 1)[0]);
      spawnSync(file, [...args, "run", "echo", "--src", "/nowhere"], { env, stdio: "ignore" });
      const started = readFileSync(join(folder, "started"), "utf8").split("\n", 1)[0] ?? "";
      // /proc/uptime has hundredths only: the mean over the rounds is what counts.
      return (Number(started) - uptime) * 1_000;
    };
    const node: number[] = [];
    const ours: number[] = [];
    const launched: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      node.push(timed(process.execPath, ["-e", "0"], env));
      ours.push(firstChild(process.execPath, ["dist/main.cjs"]));
      launched.push(firstChild("bin/recipe-ci", []));
    }
    const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    const reference = median(node);
    const peaks = [peakKib(process.execPath, ["dist/main.cjs", "run", "echo", "--src", "/nowhere"], env), peakKib(process.execPath, ["-e", "setTimeout(() => 0, 100)"], env)];
    return [
      { name: "start-up to the first child", ours: mean(ours), against: "node -e 0", reference, unit: "ms", goal: { kind: "x", most: 1.3 } },
      { name: "the same through the launcher", ours: mean(launched), against: "node -e 0", reference, unit: "ms", goal: null },
      { name: "peak memory of a run that fails in prepare", ours: (peaks[0] ?? 0) / 1024, against: "bare node", reference: (peaks[1] ?? 0) / 1024, unit: "MiB", goal: { kind: "x", most: 1.5 } },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
