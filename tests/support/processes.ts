import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect, onTestFinished } from "vitest";
import { startProcess, type Child, type Listened, type StartedProcess } from "./children.js";
import { sendSignalIfThere } from "./signal.js";

export type { Ended } from "./children.js";

/**
 * Waits for a condition; fails with `what` after the limit. Between two checks it sleeps as long as a check takes, 5 to 50 ms: a check
 * of every process takes milliseconds on a busy host, and the process that is waited for needs processor time too.
 */
export const until = async (what: string | (() => string), holds: () => boolean | Promise<boolean>, limitMs = 25_000): Promise<void> => {
  const end = performance.now() + limitMs;
  for (let began = performance.now(); !(await holds()); began = performance.now()) {
    const now = performance.now();
    if (now > end) throw new Error(`not within ${limitMs} ms: ${typeof what === "string" ? what : what()}`);
    await pause(Math.min(50, Math.max(5, now - began)));
  }
};

const read = (file: string): string => {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return ""; // The process has ended since it was listed.
  }
};

/** The fields of /proc/PID/stat after the name: state, parent, group, session, … Empty if there is no such process. */
const statOf = (pid: number): readonly string[] => {
  const text = read(`/proc/${pid}/stat`);
  return text === "" ? [] : text.slice(text.lastIndexOf(")") + 2).split(" ");
};

/** Whether the process runs or sleeps; a zombie counts as dead. */
export const isAlive = (pid: number): boolean => !["Z", "X", undefined].includes(statOf(pid)[0]);
export const parentOf = (pid: number): number => Number(statOf(pid)[1]);

const pids = (): readonly number[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

const isOneOf = (environ: string, pair: string): boolean => environ.includes(pair) && environ.split("\0").includes(pair);

/**
 * Living processes that were started with this variable, except this one. Shares no code with src, because tests judge src by it.
 *
 * The environment is checked first, which saves most second reads: dead processes have none, and few others have the variable.
 */
export const processesWith = (name: string, value: string): readonly number[] =>
  pids().filter((pid) => pid !== process.pid && isOneOf(read(`/proc/${pid}/environ`), `${name}=${value}`) && isAlive(pid));

export const childrenOf = (pid: number): readonly number[] => pids().filter((other) => isAlive(other) && parentOf(other) === pid);

/**
 * Fails if one of the processes is still there after the limit, and kills it. A cookie is looked for in CCCI_RUN_COOKIE. A list of
 * process ids must be recent: on a busy host another process can get the same id within minutes.
 */
export const expectNoProcesses = async (cookieOrLook: string | (() => readonly number[]), limitMs = 2_000): Promise<void> => {
  const living = typeof cookieOrLook === "string" ? () => processesWith("CCCI_RUN_COOKIE", cookieOrLook) : cookieOrLook;
  // One check that finds nothing proves little: during an exec a process shows no environment.
  let empty = 0;
  const end = performance.now() + limitMs;
  while (empty < 3 && performance.now() < end) {
    empty = living().length === 0 ? empty + 1 : 0;
    await pause(5);
  }
  const left = living().map((pid) => ({ pid, command: read(`/proc/${pid}/cmdline`).replaceAll("\0", " ") }));
  for (const { pid } of left) sendSignalIfThere(pid, "SIGKILL");
  expect(left).toEqual([]);
};

export interface Started extends Child {
  readonly child: StartedProcess["child"];
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Waits until stdout contains the text. */
  readonly says: (text: string, limitMs?: number) => Promise<void>;
}

/**
 * Starts a program in a process group of its own, with pipes. If it has left processes running when the test is over, they are killed
 * and the test fails. They are found by a mark in their environment.
 */
export const start = (file: string, args: readonly string[], { env = process.env, ...place }: Listened = {}): Started => {
  const mark = randomBytes(8).toString("hex");
  const { said, ...child } = startProcess(file, args, { ...place, env: { ...env, RECIPE_CI_TEST: mark } });
  const started: Started = {
    ...child,
    stdout: () => said.stdout,
    stderr: () => said.stderr,
    says: (text, limitMs) =>
      until(
        () => `${file} says ${JSON.stringify(text)}; it said ${JSON.stringify(said)}`,
        () => said.stdout.includes(text),
        limitMs,
      ),
  };
  onTestFinished(async () => {
    const marked = (): readonly number[] => processesWith("RECIPE_CI_TEST", mark);
    // Processes that die with the program do so a moment after it.
    const goneByItself = until("nothing is left", () => marked().length === 0, 1_000);
    const left = await goneByItself.then(() => [], marked);
    for (const one of left) sendSignalIfThere(one, "SIGKILL");
    await until("killed leftovers are gone", () => marked().length === 0);
    if (left.length > 0) throw new Error(`left running by ${file} ${args.join(" ")}: ${left.join(", ")}`);
  });
  return started;
};

/** A folder for one test, removed when the test is over. */
export const temporaryFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "recipe-ci-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};
