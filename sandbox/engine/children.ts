import { execa } from "execa";
import type { ChildProcess } from "node:child_process";

export type Child = ChildProcess;

type Stream = "ignore" | "pipe";

/** Where stdin, stdout and stderr go. */
export type Streams = readonly [Stream, Stream, Stream];

interface Place {
  readonly cwd: string;
  /** The whole environment. */
  readonly env: NodeJS.ProcessEnv;
}

/** In a session of its own, and without any of execa's own clean-up. */
const apart = { detached: true, cleanup: false, buffer: false, reject: false, extendEnv: false, forceKillAfterDelay: false } as const;

/**
 * Starts a program. It emits `exit` when it ends, and `error` if it could not be started. Every child of the engine is
 * started here or below: docs/decisions/2026-11-26-children-of-the-sandbox.md.
 */
export const start = (file: string, args: readonly string[], { cwd, env }: Place, stdio: Streams): Child => {
  const child = execa(file, args, { ...apart, cwd, env, stdio });
  let isTold = false;
  child.once("error", () => (isTold = true));
  // Node refuses some calls, such as one with too long an environment, before there is a child that could emit an event.
  void child.then(({ cause }) => {
    if (child.pid === undefined && !isTold) child.emit("error", cause instanceof Error ? cause : new Error(`${file} was not started`));
  });
  return child;
};

interface Answer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, without stdin. Rejects only if it was not started or was killed. */
export const ask = async (file: string, args: readonly string[], { cwd, env }: Place): Promise<Answer> => {
  const { exitCode, stdout, stderr, cause, shortMessage } = await execa(file, args, {
    ...apart,
    buffer: true,
    stripFinalNewline: false,
    cwd,
    env,
    stdin: "ignore",
  });
  if (exitCode === undefined) throw cause instanceof Error ? cause : new Error(shortMessage);
  return { code: exitCode, stdout, stderr };
};
