import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { RunRecordFile } from "../../../src/effects/record/run-record.js";
import { Sandbox } from "../sandbox-run.js";

/** What a real run wrote: the lines of its events.jsonl and its record. */
export interface Recording {
  readonly lines: readonly string[];
  readonly record: RunRecordFile;
}

/** A whole run of the example in a sandbox of its own. */
export const recordRun = async (): Promise<Recording> => {
  const sandbox = new Sandbox();
  try {
    const { code, stdout, stderr } = await sandbox.run(["run", "echo", "--sandbox", "--run-id", "recorded"]);
    if (code !== 0) throw new Error(`the run to be recorded ended with ${String(code)}: ${stdout}${stderr}`);
    const file = (name: string): string => readFileSync(join(sandbox.root, "runs", "recorded", name), "utf8");
    return { lines: file("events.jsonl").trimEnd().split("\n"), record: JSON.parse(file("run.json")) as RunRecordFile };
  } finally {
    await sandbox.close();
  }
};

/** A run that happens again, as slowly as a test wants: its folder, and what is written to it when. */
export class RunAgain {
  readonly runDir: string;
  readonly #recording: Recording;
  #told = 0;

  constructor(recording: Recording) {
    const root = mkdtempSync(join(tmpdir(), "recipe-ci-inspect-"));
    onTestFinished(() => rmSync(root, { recursive: true, force: true }));
    this.runDir = join(root, "recorded");
    this.#recording = recording;
    mkdirSync(this.runDir);
    writeFileSync(join(this.runDir, "events.jsonl"), "");
    // We are its process: it lives for as long as the test says.
    this.#write({
      ...recording.record,
      pid: process.pid,
      state: "prepare",
      exitCode: null,
      verdict: null,
      cleanliness: null,
      finishedAt: null,
    });
  }

  static finished(recording: Recording): RunAgain {
    const run = new RunAgain(recording);
    run.tell();
    run.finish();
    return run;
  }

  get lines(): number {
    return this.#recording.lines.length;
  }

  /** Writes the next lines, all that are left by default. */
  tell(count = this.lines): void {
    const next = this.#recording.lines.slice(this.#told, this.#told + count);
    this.#told += next.length;
    appendFileSync(join(this.runDir, "events.jsonl"), next.map((line) => `${line}\n`).join(""));
  }

  finish(): void {
    this.#write(this.#recording.record);
  }

  #write(record: RunRecordFile): void {
    writeFileSync(join(this.runDir, "run.json"), JSON.stringify(record));
  }
}
