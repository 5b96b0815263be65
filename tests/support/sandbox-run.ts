import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { RunRecordFile } from "../../src/effects/record/run-record.js";
import { schemaTroublesOfRuns } from "./results-schema.js";
import { startProgram, type Ended, type Started } from "./program.js";
import { sendSignal } from "./signal.js";

/**
 * A sandbox of its own for one test. `close` fails when anything of it is still alive or a results file is not as its schema says, and
 * removes it.
 */
export class Sandbox {
  readonly root = mkdtempSync(join(tmpdir(), "recipe-ci-test-"));

  env(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
    const { PATH, HOME } = process.env;
    return { PATH, HOME, RECIPE_CI_SANDBOX: this.root, ...extra };
  }

  start(args: readonly string[], extra: NodeJS.ProcessEnv = {}, runId = "none"): Started {
    return startProgram(args, this.env(extra), join(this.root, "runs", runId));
  }

  /** Runs a command to its end. */
  run(args: readonly string[], extra: NodeJS.ProcessEnv = {}): Promise<Ended> {
    return this.start(args, extra).ended;
  }

  /** Starts a run and stops it as soon as it has its app's lock: for what is known by then. Resolves with its record. */
  async runUntilHeld(args: readonly string[], runId: string): Promise<RunRecordFile> {
    const run = this.start(["run", ...args, "--sandbox", "--run-id", runId], {}, runId);
    const record = await run.reaches("holding.running");
    run.child.kill("SIGTERM");
    await run.ended;
    return record;
  }

  /** What carries an app's name in the sandbox's world and among its .env files, seen without any code of the program. */
  leftovers(): readonly string[] {
    const list = (folder: string): readonly string[] => (existsSync(folder) ? listFiles(folder) : []);
    return ["services", "containers", "volumes", "secrets", "configs", "networks"]
      .flatMap((kind) => list(join(this.root, "world", kind)).map((name) => `${kind}/${name}`))
      .concat(list(join(this.root, "abra", "servers", "default")));
  }

  /** It ends by itself a second after its last work: not waited for. One that has a service to keep is left to be found. */
  #endIdleEngine(): void {
    if (["services", "containers"].some((kind) => this.leftovers().some((name) => name.startsWith(`${kind}/`)))) return;
    try {
      sendSignal((JSON.parse(readFileSync(join(this.root, "engine.json"), "utf8")) as { pid: number }).pid, "SIGTERM");
    } catch {
      // There is none, or none any more.
    }
  }

  async close(): Promise<void> {
    this.#endIdleEngine();
    const alive = await survivorsOf(this.root);
    const troubles = schemaTroublesOfRuns(join(this.root, "runs"));
    rmSync(this.root, { recursive: true, force: true });
    if (troubles.length > 0) throw new Error(`against schemas/results.schema.json: ${troubles.join("; ")}`);
    if (alive.length > 0) throw new Error(`still alive after the test: ${alive.join("; ")}`);
  }
}

const listFiles = (folder: string): readonly string[] => readdirSync(folder);

const textOf = (file: string): string => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return ""; // It ended meanwhile.
  }
};

const belongsTo = (root: string, pid: string): boolean => textOf(`/proc/${pid}/environ`).includes(root);

const limitMs = 5_000;

/**
 * Processes whose environment names the sandbox; the sandbox's engine ends a moment after the last of its work. All of
 * /proc is read once before and once after those that were found are gone: it takes a busy host some tenths of a second.
 */
const survivorsOf = async (root: string): Promise<readonly string[]> => {
  for (const end = Date.now() + limitMs; ;) {
    const found = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid && belongsTo(root, name));
    if (found.length === 0) return [];
    while (Date.now() < end && found.some((pid) => belongsTo(root, pid))) await pause(20);
    const alive = found.filter((pid) => belongsTo(root, pid));
    if (alive.length > 0) return alive.map((pid) => `${pid} ${textOf(`/proc/${pid}/cmdline`).replaceAll("\0", " ")}`);
  }
};
