import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { RunRecordFile } from "../../src/effects/record/run-record.js";
import { schemaTroublesOfRuns } from "./results-schema.js";
import { startProgram, type Ended, type Started } from "./program.js";
import { sendSignal } from "./signal.js";

/**
 * A sandbox for one test. `close` removes it, and fails if one of its processes is still alive or a results file does not match its
 * schema.
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

  /** Starts a run, stops it as soon as it holds its app's lock, and resolves with its record. For tests of what is known by then. */
  async runUntilHeld(args: readonly string[], runId: string): Promise<RunRecordFile> {
    const run = this.start(["run", ...args, "--sandbox", "--run-id", runId], {}, runId);
    const record = await run.reaches("holding.running");
    run.child.kill("SIGTERM");
    await run.ended;
    return record;
  }

  /** Every object in the sandbox's world and every .env file. Uses none of the program's code, because tests judge the program by it. */
  leftovers(): readonly string[] {
    const list = (folder: string): readonly string[] => (existsSync(folder) ? listFiles(folder) : []);
    return ["services", "containers", "volumes", "secrets", "configs", "networks"]
      .flatMap((kind) => list(join(this.root, "world", kind)).map((name) => `${kind}/${name}`))
      .concat(list(join(this.root, "abra", "servers", "default")));
  }

  /** Ends an idle engine, which would end by itself a second later. If it still runs a service, it stays, and `close` reports it. */
  #endIdleEngine(): void {
    if (["services", "containers"].some((kind) => this.leftovers().some((name) => name.startsWith(`${kind}/`)))) return;
    try {
      sendSignal((JSON.parse(readFileSync(join(this.root, "engine.json"), "utf8")) as { pid: number }).pid, "SIGTERM");
    } catch {
      // No engine was started, or it has ended already.
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
    return ""; // The process has ended since it was listed.
  }
};

const belongsTo = (root: string, pid: string): boolean => textOf(`/proc/${pid}/environ`).includes(root);

const limitMs = 5_000;

/**
 * The processes whose environment names the sandbox and that do not end within the limit: the sandbox's engine ends a moment after
 * its last work. Reading all of /proc takes tenths of a second on a busy host, so it is read once at first and once again when
 * the processes found are gone.
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
