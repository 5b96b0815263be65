import { execa } from "execa";
import type { ChildProcess } from "node:child_process";

export type Child = ChildProcess;

type Stream = "ignore" | "pipe";

/** What becomes of stdin, stdout and stderr. */
export type Streams = readonly [Stream, Stream, Stream];

export interface Place {
  readonly cwd: string;
  /** The whole environment. */
  readonly env: NodeJS.ProcessEnv;
}

/** In a session of its own, and with nothing done to it by execa behind our back. */
const apart = { detached: true, cleanup: false, buffer: false, reject: false, extendEnv: false, forceKillAfterDelay: false } as const;

/**
 * Starts a program; its end is its `exit`, and its `error` says that it was not started. Every child of the engine is
 * started here or below: docs/decisions/2026-11-26-children-of-the-sandbox.md.
 */
export const start = (file: string, args: readonly string[], { cwd, env }: Place, stdio: Streams): Child => {
  const child = execa(file, args, { ...apart, cwd, env, stdio });
  let isTold = false;
  child.once("error", () => (isTold = true));
  // Node refuses some calls before there is anything that could say so by an event: too long an environment is one.
  void child.then(({ cause }) => {
    if (child.pid === undefined && !isTold) child.emit("error", cause instanceof Error ? cause : new Error(`${file} was not started`));
  });
  return child;
};

export interface Answer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, with null for stdin. Rejects only where it was not started, or killed. */
export const ask = async (file: string, args: readonly string[], { cwd, env }: Place): Promise<Answer> => {
  const { exitCode, stdout, stderr, cause, shortMessage } = await execa(file, args, { ...apart, buffer: true, stripFinalNewline: false, cwd, env, stdin: "ignore" });
  if (exitCode === undefined) throw cause instanceof Error ? cause : new Error(shortMessage);
  return { code: exitCode, stdout, stderr };
};
