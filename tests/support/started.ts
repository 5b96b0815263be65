import { execa } from "execa";

export interface Place {
  /** The whole environment; ours when it is not given. */
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** A descriptor of ours that it has as its fd 3. */
  readonly fd3?: number;
  /** Its output is read on after its end: what it started lives on, and must not be told that nobody listens. */
  readonly outlived?: boolean;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A survivor that holds the pipes must not hold the test. ms */
const pipesMs = 500;

const descriptor = (fd: number) => fd as 3;

/**
 * Starts a program for a test: in a group of its own, with null for stdin and pipes that are kept. Its end is that of the
 * process and of its output.
 */
export const startProcess = (file: string, args: readonly string[], { env = process.env, cwd, fd3, outlived = false }: Place = {}) => {
  const child = execa(file, args, {
    detached: true,
    cleanup: false,
    buffer: false,
    reject: false,
    extendEnv: false,
    // Else 5 s after a TERM of the test's a KILL follows, and on a busy host a teardown takes longer than that.
    forceKillAfterDelay: false,
    env,
    ...(cwd === undefined ? {} : { cwd }),
    stdio: fd3 === undefined ? ["ignore", "pipe", "pipe"] : ["ignore", "pipe", "pipe", descriptor(fd3)],
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${file} was not started`);
  const said = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    // A test may hang up on it.
    child[name].on("error", () => undefined);
    child[name].setEncoding("utf8").on("data", (text: string) => void (said[name] += text));
  }
  let over = false;
  const cut = (): void => {
    child.stdout.destroy();
    child.stderr.destroy();
  };
  // A turn later: where this process was kept from running, what was said meanwhile is read first.
  if (!outlived) child.once("exit", () => void setTimeout(() => setImmediate(cut), pipesMs).unref());
  const ended = child.then(({ exitCode, signal }): Ended => {
    over = true;
    return { code: exitCode ?? null, signal: signal ?? null };
  });
  return { pid, child, said, ended, hasEnded: (): boolean => over };
};

export type StartedProcess = ReturnType<typeof startProcess>;
