import { execa, execaSync } from "execa";

export interface Place {
  /** The whole environment: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/**
 * How every child is started: in a session of its own, with only the environment that it is given, and without any of execa's
 * own clean-up. We handle its time limit, stop and end, which concern its whole group.
 */
const apart = { detached: true, cleanup: false, buffer: false, reject: false, extendEnv: false } as const;

const placed = ({ env, cwd }: Place) => ({ env, ...(cwd === undefined ? {} : { cwd }) });

/** Starts a child without stdin and with pipes for its output: an inherited stream would make our own stdout blocking. */
export const launchPiped = (file: string, args: readonly string[], place: Place) =>
  execa(file, args, { ...apart, ...placed(place), stdin: "ignore", stdout: "pipe", stderr: "pipe" });

/** The same with a pipe for stdin too, to talk with the child. */
export const launchTalking = (file: string, args: readonly string[], place: Place) =>
  execa(file, args, { ...apart, ...placed(place), stdin: "pipe", stdout: "pipe", stderr: "pipe" });

/** Any descriptor of ours: execa's types allow only those of one digit, but it handles all alike. */
const descriptor = (fd: number) => fd as 3;

/** Starts a child without stdin, stdout and stderr. If a descriptor of ours is given, the child gets it as fd 3. */
export const launchSilent = (file: string, args: readonly string[], place: Place, fd?: number) =>
  execa(file, args, {
    ...apart,
    ...placed(place),
    stdio: fd === undefined ? ["ignore", "ignore", "ignore"] : ["ignore", "ignore", "ignore", descriptor(fd)],
  });

/**
 * Meanwhile neither a stop nor the deadline is noticed. A program that takes this long was stopped, or is not the one that was meant. ms
 */
const nowMs = 2_000;

/**
 * Runs a program that ends at once, with our descriptor as its fd 3, and waits for it. Returns its exit code; null if it was
 * killed, by somebody or for taking too long. Throws if it could not be started.
 */
export const runNow = (file: string, args: readonly string[], place: Place, fd: number): number | null => {
  const result = execaSync(file, args, {
    ...placed(place),
    extendEnv: false,
    reject: false,
    timeout: nowMs,
    killSignal: "SIGKILL",
    stdio: ["ignore", "ignore", "ignore", descriptor(fd)],
  });
  const { exitCode, cause, timedOut }: { readonly exitCode?: number | undefined; readonly cause?: unknown; readonly timedOut: boolean } =
    result;
  if (exitCode !== undefined) return exitCode;
  if (timedOut) return null;
  if (cause instanceof Error) throw cause;
  return null;
};

/** Sends a signal to the whole group of a child that was started here. */
export const signalGroup = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(-pid, signal);
  } catch {
    // ESRCH: the whole group is gone already.
  }
};
