import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { must } from "../tests/support/children.js";
import { median, type Row } from "./row.js";

const zone = "sandbox.localhost";

/** Writes the records of three weeks of runs on a busy host, each with its own app and its record, and five apps without any. */
const layOut = (runs: number): string => {
  const root = mkdtempSync(join(tmpdir(), "recipe-ci-bench-"));
  for (const folder of ["runs/apps", "locks", "abra/servers/default"]) mkdirSync(join(root, folder), { recursive: true });
  for (let index = 0; index < runs; index += 1) {
    const domain = `echo-${index.toString(16).padStart(6, "0")}.${zone}`;
    const at = new Date(Date.UTC(2026, 0, 1) + index * 180_000).toISOString();
    const phases = ["prepare", "acquire", "recover", "deploy", "test", "tearingDown", "reporting"].map((name) => ({
      name,
      startedAt: at,
      durationMs: 1_000,
    }));
    const record = {
      schema: 1,
      runId: String(index),
      recipe: "echo",
      ref: "0".repeat(40),
      pr: index,
      domain,
      stack: domain,
      cookie: "c",
      pid: 1,
      link: null,
      startedAt: at,
      finishedAt: at,
      state: "released",
      deadline: at,
      verdict: "passed",
      cause: null,
      cleanliness: "clean",
      residue: [],
      unasked: [],
      exitCode: 0,
      deploys: 1,
      phases,
    };
    mkdirSync(join(root, "runs", String(index)));
    writeFileSync(join(root, "runs", String(index), "run.json"), `${JSON.stringify(record, null, 2)}\n`);
    writeFileSync(
      join(root, "runs", "apps", `${domain}.json`),
      JSON.stringify({
        last: { runId: String(index), verdict: "passed", cleanliness: "clean", phase: "test", at },
        failedReaps: 0,
        nextTry: null,
      }),
    );
  }
  for (let index = 0; index < 5; index += 1)
    writeFileSync(join(root, "abra", "servers", "default", `note-${index.toString().padStart(6, "0")}.${zone}.env`), "TYPE=notes\n");
  return root;
};

/** Measures in a sandbox: its engine answers as fast as a daemon, and depends on nothing else. */
const msOf = (root: string, args: readonly string[]): number => {
  const env = { PATH: process.env["PATH"], HOME: root, RECIPE_CI_SANDBOX: root };
  const began = performance.now();
  must(process.execPath, ["dist/main.cjs", ...args, "--sandbox"], { env });
  return performance.now() - began;
};

const rounds = 7;

/** Compares the cost of status and inspect on a host where ten thousand runs have ended with one where ten have. */
export const manyRuns = async (): Promise<readonly Row[]> => {
  const [few, many] = [layOut(10), layOut(10_000)];
  try {
    return ["status", "inspect"].map((command) => {
      // The first one starts the sandbox's engine.
      const measure = (root: string): number => median(Array.from({ length: rounds + 1 }, () => msOf(root, [command, "--json"])).slice(1));
      return {
        name: `${command}, 10,000 finished runs`,
        ours: measure(many),
        against: "10 finished runs",
        reference: measure(few),
        unit: "ms",
        goal: { kind: "alone", most: 300 },
      };
    });
  } finally {
    for (const root of [few, many]) rmSync(root, { recursive: true, force: true });
  }
};
