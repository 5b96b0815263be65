import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { formatDuration } from "../../../machines/duration.js";
import type { App } from "../../../machines/vocabulary.js";
import { codeOf } from "../../files/error-code.js";
import { createTail } from "../../children/output-tail.js";
import type { Scope } from "../../children/registry.js";
import { createRedactor } from "../../redact.js";
import { environmentOf, reportDirIn, type Occasion } from "./environment.js";
import { asNobody, giveToNobody, takeFromNobody, type Nobody } from "./nobody.js";
import type { OwnActs } from "./own-acts.js";
import type { OwnFolders, OwnProgram } from "./programs.js";

export interface OwnCode {
  readonly scope: Scope;
  readonly runDir: string;
  /** The folders of an app's recipe. A dep has only the operator's. */
  readonly foldersOf: (app: Pick<App, "recipe">) => OwnFolders;
  /** The user as whom the recipe's own programs run; null: as ourselves, if we are not root. */
  readonly nobody: () => Nobody | null;
  readonly acts: OwnActs;
  readonly env: (app: App, url?: string) => Readonly<Record<string, string>>;
  readonly onOutput: (program: string, text: string) => void;
}

/** One program, what it is run for, and how long it may take. */
export interface ProgramRun {
  readonly program: OwnProgram;
  readonly occasion: Occasion;
  readonly limitMs: number;
}

/** How a program ended, and its output in a form that may be kept. */
export interface ProgramEnd {
  /** Null: a signal ended it, or it was told to stop, whatever its exit code was then. */
  readonly exitCode: number | null;
  /** In words: `exit code 3`, `did not end within 5 min`. */
  readonly how: string;
  readonly timedOut: boolean;
  readonly durationMs: number;
  /** Its stdout; null if it was longer than is read. */
  readonly stdout: string | null;
  /** Its last lines, of both streams. */
  readonly lastLines: string;
  /** Where it was told to put reports. */
  readonly reportDir: string;
}

/** The exit code with which a test says that it was skipped, as in automake and others. */
export const skippedCode = 77;

const lastChars = 64 * 1024;
const lastLinesMax = 30;
const stdoutMax = 1024 * 1024;

/** A new folder for what the program writes. If the program runs as nobody, the folder is nobody's and its name cannot be guessed. */
const makeOwnFolder = ({ runDir }: OwnCode, { name }: OwnProgram, { tier, when }: Occasion, user: Nobody | null): string => {
  const above = join(runDir, "own");
  mkdirSync(above, { recursive: true, mode: 0o700 });
  if (user !== null) chmodSync(above, 0o711);
  const unguessed = user === null ? [] : [randomBytes(16).toString("hex")];
  for (let n = 1; ; n += 1) {
    const folder = join(above, [tier, when, name.replaceAll(/[^\w.-]/g, "_").slice(0, 60), n, ...unguessed].join("-"));
    try {
      mkdirSync(folder, { mode: 0o700 });
    } catch (error) {
      if (codeOf(error) === "EEXIST") continue;
      throw error;
    }
    const reports = reportDirIn(folder);
    mkdirSync(reports, { mode: 0o700 });
    if (user !== null) for (const one of [reports, folder]) giveToNobody(user, one);
    return folder;
  }
};

const createHead = (charsMax: number) => {
  let text = "";
  let isWhole = true;
  return {
    add: (more: string): void => {
      if (text.length + more.length > charsMax) isWhole = false;
      else if (isWhole) text += more;
    },
    text: (): string | null => (isWhole ? text : null),
  };
};

/**
 * Runs one program of the recipe to its end, in a session of its own: the operator's as ourselves, the recipe's own as
 * nobody and without anything of the host. Its output is logged and kept without secrets.
 */
export const runProgram = async (code: OwnCode, { program, occasion, limitMs }: ProgramRun, signal: AbortSignal): Promise<ProgramEnd> => {
  const user = program.author === "recipe" ? code.nobody() : null;
  const own = makeOwnFolder(code, program, occasion, user);
  const [kept, head] = [createTail(lastChars), createHead(stdoutMax)];
  const streams = { stdout: createRedactor(), stderr: createRedactor() };
  const say = (stream: "stdout" | "stderr", text: string): void => {
    if (text === "") return;
    kept.add(text);
    if (stream === "stdout") head.add(text);
    code.onOutput(program.name, text);
  };
  const { file, args } = user === null ? { file: program.file, args: [] } : asNobody(user, program.file);
  const env = environmentOf(program, occasion, code.env(occasion.app, occasion.url ?? undefined), own);
  const onOutput = (stream: "stdout" | "stderr", text: string): void => say(stream, streams[stream].push(text));
  // The redacted text is kept and not the output: a part of the output could begin in the middle of a secret.
  const run = (): ReturnType<Scope["run"]> =>
    code.scope.run({ file, args, cwd: program.folder, env, limitMs, onOutput, keepChars: 0, answers: [skippedCode] }, signal);
  // Nobody may not use docker.
  const ending = user === null ? code.acts.during(program.name, run) : run();
  const end = await ending.finally(() => user !== null && takeFromNobody(own));
  for (const stream of ["stdout", "stderr"] as const) say(stream, streams[stream].end());
  return {
    exitCode: end.timedOut ? null : end.exitCode,
    how: end.timedOut ? `did not end within ${formatDuration(limitMs)}` : `exit code ${end.exitCode ?? end.signal ?? "none"}`,
    timedOut: end.timedOut,
    durationMs: Math.round(end.durationMs),
    stdout: head.text(),
    lastLines: kept.text().trim().split("\n").slice(-lastLinesMax).join("\n"),
    reportDir: reportDirIn(own),
  };
};
