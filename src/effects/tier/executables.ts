import { accessSync, constants, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { TestResult } from "../../machines/vocabulary.js";
import type { Scope } from "../children/registry.js";
import { createTail } from "../children/output-tail.js";
import { createRedactor } from "../redact.js";

/** The executables of a folder in the order of their names; other files are data of theirs. */
export const executablesIn = (folder: string): readonly string[] => {
  let names: readonly string[];
  try {
    names = readdirSync(folder).sort();
  } catch {
    return []; // The recipe has none for this tier.
  }
  return names
    .map((name) => join(folder, name))
    .filter((file) => {
      try {
        accessSync(file, constants.X_OK);
        return statSync(file).isFile();
      } catch {
        return false;
      }
    });
};

export interface ExecutableRun {
  readonly scope: Scope;
  readonly file: string;
  readonly name: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly limitMs: number;
  readonly onOutput: (text: string) => void;
  readonly signal: AbortSignal;
}

/** A test that wants to be left out says so by this exit code, as in automake and others. */
const skippedCode = 77;

/** Of a failed test's output, what goes into its reason. */
const reasonLines = 30;
const reasonChars = 64 * 1024;

/** One executable as one test: exit code 0 passes, 77 skips, anything else fails with its last output as the reason. */
export const runExecutable = async ({ scope, file, name, cwd, env, limitMs, onOutput, signal }: ExecutableRun): Promise<TestResult> => {
  const kept = createTail(reasonChars);
  const say = (text: string): void => {
    if (text === "") return;
    kept.add(text);
    onOutput(text);
  };
  const streams = { stdout: createRedactor(), stderr: createRedactor() };
  const heard = (stream: "stdout" | "stderr", text: string): void => say(streams[stream].push(text));
  // What is kept is the redacted text: a part of the output by itself may begin in the middle of a secret.
  const end = await scope.run({ file, args: [], cwd, env, limitMs, onOutput: heard, keepChars: 0, answers: [skippedCode] }, signal);
  for (const stream of Object.values(streams)) say(stream.end());
  const durationMs = Math.round(end.durationMs);
  if (end.exitCode === 0) return { name, outcome: "passed", durationMs, message: null };
  const output = kept.text().trim().split("\n").slice(-reasonLines).join("\n");
  if (end.exitCode === skippedCode) return { name, outcome: "skipped", durationMs, message: output };
  const how = end.timedOut ? `did not end within ${limitMs} ms` : `exit code ${end.exitCode ?? end.signal ?? "none"}`;
  return { name, outcome: "failed", durationMs, message: `${how}\n${output}` };
};
