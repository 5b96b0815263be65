import { spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { RunError } from "../../machines/errors.js";
import { findExecutable, ownProgram } from "./find-executable.js";
import { createTail } from "./output-tail.js";

export interface ChildSpec {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  /** The whole environment: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** After this the group gets TERM, and KILL after the grace. */
  readonly limitMs: number;
  readonly graceMs?: number;
  readonly onOutput?: (stream: "stdout" | "stderr", text: string) => void;
  /** Characters kept of each stream; the rest is dropped from the front. */
  readonly keepChars?: number;
  /** Gives the caller the child's stdin and stdout to speak with; stdout is then neither kept nor told of. */
  readonly talk?: (pipes: { readonly stdin: Writable; readonly stdout: Readable }) => void;
}

export interface ChildEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
  readonly aborted: boolean;
  readonly durationMs: number;
}

export interface RunningChild {
  readonly pid: number;
  /** Never rejects. Resolves once the child is gone and its pipes are closed or given up. */
  readonly end: Promise<ChildEnd>;
  /** TERM to the group now, KILL after the grace. A shorter grace than one before counts, a longer one does not. */
  readonly stop: (graceMs: number) => void;
  /** KILL to the group, now. */
  readonly killNow: () => void;
}

/** A grandchild that holds a pipe must not hold us: a plain wait for both took 2 s where the child took 0.3. */
const pipesMs = 500;
const defaultGraceMs = 2_000;
const defaultKeepChars = 2 * 1024 * 1024;
/** What setTimeout can count to; beyond it fires at once. */
const longestMs = 2 ** 31 - 1;

const setpriv = ownProgram("setpriv", process.env["PATH"] ?? "");

/** The kernel kills the child when we die by anything that leaves us no time. Grandchildren are the sweep's. */
const tiedToUs = (file: string, args: readonly string[]): readonly [string, readonly string[]] =>
  setpriv === null ? [file, args] : [setpriv, ["--pdeathsig", "KILL", "--", file, ...args]];

const signalGroup = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(-pid, signal);
  } catch {
    // ESRCH: the whole group is gone, which is what was wanted.
  }
};

const noSuchCommand = (file: string): RunError =>
  new RunError("no-such-command", `${file}: no such command`, {
    hint: "Is it installed and on PATH? Try: recipe-ci doctor",
    exitCode: 69,
  });

const cannotStart = (file: string, why: string): RunError =>
  new RunError("cannot-start", `${file} could not be started: ${why}`, {
    hint: "Has the host run out of processes or memory, or is the run's folder gone?",
    exitCode: 69,
  });

/** A refusal of the kernel is the host's trouble; what node itself refuses is our bug and stays as it is. */
const launch = (spec: ChildSpec, file: string, args: readonly string[]) => {
  try {
    const options = { ...(spec.cwd === undefined ? {} : { cwd: spec.cwd }), env: spec.env, detached: true };
    return spec.talk === undefined
      ? spawn(file, args, { ...options, stdio: ["ignore", "pipe", "pipe"] })
      : spawn(file, args, { ...options, stdio: ["pipe", "pipe", "pipe"] });
  } catch (error) {
    throw error instanceof Error && "syscall" in error ? cannotStart(spec.file, error.message) : error;
  }
};

/** TERM now, KILL after the shortest grace that was asked for. */
const createStopper = (pid: number) => {
  let killer: NodeJS.Timeout | undefined;
  let killAt = Infinity;
  return {
    stop: (graceMs: number): void => {
      signalGroup(pid, "SIGTERM");
      if (performance.now() + graceMs >= killAt) return;
      killAt = performance.now() + graceMs;
      clearTimeout(killer);
      killer = setTimeout(() => signalGroup(pid, "SIGKILL"), graceMs);
    },
    clear: (): void => clearTimeout(killer),
  };
};

/**
 * Starts one child in a session of its own, with null for stdin and pipes for the rest: one inherited stream would
 * make our own stdout blocking. Rejects with `no-such-command` or `cannot-start`; then nothing runs.
 */
export const startChild = (spec: ChildSpec, signal?: AbortSignal): RunningChild => {
  const executable = findExecutable(spec.file, spec.env["PATH"] ?? "", spec.cwd);
  if (executable === null) throw noSuchCommand(spec.file);
  const [file, args] = tiedToUs(executable, spec.args);
  const startedAt = performance.now();
  const child = launch(spec, file, args);
  // Unheard, it would end this process. That nothing was started shows in the missing pid already.
  child.on("error", () => undefined);
  const { pid } = child;
  if (pid === undefined) throw cannotStart(spec.file, `no process could be made in ${spec.cwd ?? process.cwd()}`);

  const kept = { stdout: createTail(spec.keepChars ?? defaultKeepChars), stderr: createTail(spec.keepChars ?? defaultKeepChars) };
  for (const stream of ["stdout", "stderr"] as const) {
    // A pipe that breaks is no news: the exit is.
    child[stream].on("error", () => undefined);
    if (stream === "stdout" && spec.talk !== undefined) continue;
    child[stream].setEncoding("utf8");
    child[stream].on("data", (text: string) => {
      kept[stream].add(text);
      spec.onOutput?.(stream, text);
    });
  }
  if (child.stdin !== null) spec.talk?.({ stdin: child.stdin, stdout: child.stdout });

  let timedOut = false;
  let aborted = false;
  const graceMs = spec.graceMs ?? defaultGraceMs;
  const stopper = createStopper(pid);
  const limit = setTimeout(
    () => {
      timedOut = true;
      stopper.stop(graceMs);
    },
    Math.min(spec.limitMs, longestMs),
  );
  const onAbort = (): void => {
    aborted = true;
    stopper.stop(graceMs);
  };
  signal?.addEventListener("abort", onAbort, { once: true });

  const end = new Promise<ChildEnd>((resolve) => {
    child.once("exit", (exitCode, ending) => {
      clearTimeout(limit);
      stopper.clear();
      signal?.removeEventListener("abort", onAbort);
      // Stragglers of the group: whoever started the child did not ask for daemons.
      signalGroup(pid, "SIGKILL");
      const giveUp = setTimeout(() => {
        child.stdout.destroy();
        child.stderr.destroy();
      }, pipesMs);
      child.once("close", () => {
        clearTimeout(giveUp);
        resolve({
          exitCode,
          signal: ending,
          stdout: kept.stdout.text(),
          stderr: kept.stderr.text(),
          timedOut,
          aborted,
          durationMs: performance.now() - startedAt,
        });
      });
    });
  });
  return { pid, end, stop: stopper.stop, killNow: () => signalGroup(pid, "SIGKILL") };
};
