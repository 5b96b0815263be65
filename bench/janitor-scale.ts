import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { median, type Row } from "./row.js";

const zone = "bench.test";

/** A docker that knows nothing and counts how often it is asked: discovery alone is measured, by .env files. */
const counting = (folder: string): string => {
  const file = join(folder, "docker-counts");
  writeFileSync(file, `#!/bin/sh\necho x >>${folder}/calls\nexit 0\n`);
  chmodSync(file, 0o755);
  return file;
};

const domainOf = (index: number): string => `echo-${index.toString(16).padStart(6, "0")}.${zone}`;

const dryRun = (apps: number): { readonly ms: number; readonly calls: number } => {
  const folder = mkdtempSync(join(tmpdir(), "recipe-ci-bench-"));
  try {
    mkdirSync(join(folder, "locks"));
    mkdirSync(join(folder, "abra", "servers", "default"), { recursive: true });
    for (let index = 0; index < apps; index += 1) writeFileSync(join(folder, "abra", "servers", "default", `${domainOf(index)}.env`), "TYPE=echo\n");
    const env = {
      PATH: process.env["PATH"],
      HOME: folder,
      CCCI_ZONE: zone,
      CCCI_APP_LOCK_DIR: join(folder, "locks"),
      CCCI_RUNS_DIR: join(folder, "runs"),
      ABRA_DIR: join(folder, "abra"),
      CCCI_ABRA: counting(folder),
      CCCI_DOCKER: counting(folder),
    };
    const began = performance.now();
    const { status, stderr } = spawnSync(process.execPath, ["dist/main.cjs", "janitor", "--dry-run", "--json"], { env, encoding: "utf8", maxBuffer: 1 << 28 });
    const ms = performance.now() - began;
    if (status !== 3) throw new Error(`the janitor ended with ${String(status)}: ${stderr.slice(0, 500)}`);
    return { ms, calls: readFileSync(join(folder, "calls"), "utf8").trim().split("\n").length };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** A janitor's dry run over N apps, beside one over ten. */
export const janitorScale = async (): Promise<readonly Row[]> => {
  const measure = (apps: number) => {
    const runs = [1, 2, 3].map(() => dryRun(apps));
    return { ms: median(runs.map(({ ms }) => ms)), calls: runs[0]?.calls ?? 0 };
  };
  const [ten, hundred, thousand, many] = [measure(10), measure(100), measure(1_000), measure(10_000)];
  return [
    { name: "janitor, 100 candidates", ours: hundred.ms, against: "10 candidates", reference: ten.ms, unit: "ms", goal: null },
    { name: "janitor, 1,000 candidates", ours: thousand.ms, against: "10 candidates", reference: ten.ms, unit: "ms", goal: { kind: "x", most: 3 } },
    { name: "janitor, 10,000 candidates", ours: many.ms, against: "10 candidates", reference: ten.ms, unit: "ms", goal: null },
    { name: "its processes, 10,000 candidates", ours: many.calls, against: "10 candidates", reference: ten.calls, unit: "processes", goal: { kind: "x", most: 1 } },
  ];
};
