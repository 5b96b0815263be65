import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { RunRecordFile } from "../../src/effects/record/run-record.js";
import { startProcess, type Ended as EndedProcess, type StartedProcess } from "./children.js";

const launcher = join(process.cwd(), "bin", "recipe-ci");

export interface Ended extends EndedProcess {
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: StartedProcess["child"];
  readonly ended: Promise<Ended>;
  /** What it has printed so far. */
  readonly output: () => string;
  /** The record as it is now; null before there is one. */
  readonly record: () => RunRecordFile | null;
  /** Resolves once the run's state begins with this; rejects if the run ends first, or after a minute. */
  readonly reaches: (state: string) => Promise<RunRecordFile>;
  /** Resolves once the program has printed a matching text. */
  readonly says: (text: string) => Promise<void>;
}

const limitMs = 180_000;

const parsed = (file: string): RunRecordFile | null => {
  try {
    return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as RunRecordFile) : null;
  } catch {
    return null; // The file may have been removed just before it was read.
  }
};

/**
 * Starts the launcher in a process group of its own, so that a test can signal the group. `runDir`: where the run's record will be.
 * `within`: a wrapper command that executes the words after it.
 */
export const startProgram = (args: readonly string[], env: NodeJS.ProcessEnv, runDir: string, within: readonly string[] = []): Started => {
  const [file = launcher, ...rest] = [...within, launcher, ...args];
  const { child, said: kept, ended: end, hasEnded } = startProcess(file, rest, { env });
  const ended = end.then((how): Ended => ({ ...how, ...kept }));
  const record = (): RunRecordFile | null => parsed(join(runDir, "run.json"));
  const until = async <T>(what: string, look: () => T | null): Promise<T> => {
    for (const end = Date.now() + limitMs; Date.now() < end; await pause(5)) {
      const found = look();
      if (found !== null) return found;
      if (hasEnded() && look() === null) throw new Error(`the run ended before ${what}:\n${kept.stdout}${kept.stderr}`);
    }
    throw new Error(`${what} did not come about:\n${kept.stdout}${kept.stderr}`);
  };
  return {
    child,
    ended,
    output: () => kept.stdout + kept.stderr,
    record,
    reaches: (state) =>
      until(`the state ${state}`, () => {
        const now = record();
        return now?.state.startsWith(state) === true ? now : null;
      }),
    says: async (text) => void (await until(`the text ${text}`, () => ((kept.stdout + kept.stderr).includes(text) ? true : null))),
  };
};
