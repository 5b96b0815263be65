import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Scope } from "../../src/effects/children/registry.js";
import type { Occasion } from "../../src/effects/tier/own/environment.js";
import { OwnActs } from "../../src/effects/tier/own/own-acts.js";
import type { OwnProgram } from "../../src/effects/tier/own/programs.js";
import { runTest } from "../../src/effects/tier/own/run-test.js";
import type { OwnCode } from "../../src/effects/tier/own/run-program.js";
import type { TestResult } from "../../src/machines/vocabulary.js";
import { app, settings } from "./explore/samples.js";

/** Writes an executable file with this text below a folder. */
export const writeProgram = (folder: string, name: string, text: string): string => {
  const file = join(folder, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text.startsWith("#!") ? text : `#!/bin/sh\n${text}\n`);
  chmodSync(file, 0o755);
  return file;
};

export const occasion: Occasion = { tier: "custom", when: "test", app, settings, url: "http://127.0.0.1:1", facts: null };

interface OwnCodeGiven {
  readonly scope: Scope;
  readonly runDir: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly onOutput?: (program: string, text: string) => void;
  readonly nobody?: OwnCode["nobody"];
}

export const ownCode = ({ scope, runDir, env = {}, onOutput = () => undefined, nobody = () => null }: OwnCodeGiven): OwnCode => ({
  scope,
  runDir,
  acts: new OwnActs(),
  foldersOf: () => ({ operatorDir: join(runDir, "operator"), recipeDir: join(runDir, "recipe-ci") }),
  nobody,
  env: () => ({ PATH: process.env["PATH"] ?? "", ...env }),
  onOutput,
});

/** Runs one of the operator's tests, given by its file. */
export const runOne = (code: OwnCode, file: string, limitMs: number, signal: AbortSignal): Promise<readonly TestResult[]> => {
  const program: OwnProgram = { name: file.slice(file.lastIndexOf("/") + 1), file, author: "operator", folder: dirname(file) };
  return runTest(code, { program, occasion, limitMs }, signal);
};
