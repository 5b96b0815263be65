import type { ExitCode } from "../../machines/vocabulary.js";
import { ownProgram } from "../children/find-executable.js";
import { launchSilent, signalGroup } from "../children/launch.js";
import { lostOutput } from "./broken-output.js";

/** How long a reader may take to fetch what is still in the pipe. */
const flushMs = 2_000;

const flushed = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => {
    if (stream.destroyed || stream.writableEnded) return resolve();
    stream.write("", () => resolve());
  });

/** 0 promises that a program can go on with what was printed. */
const honest = (code: ExitCode): ExitCode => {
  const lost = code === 0 ? lostOutput(process.stdout) : null;
  if (lost === null) return code;
  process.stderr.write(`recipe-ci: what it had to say could not be written: ${lost}\nnext: Is the disk that stdout goes to full?\n`);
  return 69;
};

/**
 * Ends the process with the code, once its output is out or the flush limit is over: nothing is lost on a pipe that is
 * read, and a stalled reader cannot keep us.
 *
 * The code is final: a throw on the way out would make it 1, so it is set again in the very last hook. Only 0 becomes 69
 * where stdout could not be written, unless what was said is recorded elsewhere with that code, as a run's is.
 */
export const exitWith = async (code: ExitCode, { limitMs = flushMs, isRecorded = false } = {}): Promise<never> => {
  let final = code;
  process.exitCode = code;
  process.on("exit", () => {
    process.exitCode = final;
  });
  await Promise.race([
    Promise.all([flushed(process.stdout), flushed(process.stderr)]),
    new Promise((resolve) => setTimeout(resolve, limitMs)),
  ]);
  if (!isRecorded) final = honest(code);
  return process.exit(final);
};

/**
 * Kills its parent after so many seconds. Whether we still are its parent is asked of the kernel each time: a pid alone
 * may be another's by then. Both processes die with theirs, also if that was dead before the death signal was armed.
 */
const watchdogScript = `
still_ours() { read -r _ _ _ parent _ <"/proc/$$/stat" && test "$parent" = "$1"; }
still_ours "$1" || exit
"$3" --pdeathsig KILL -- sh -c 'test "$PPID" = "$1" && exec sleep "$2"' sh $$ "$2"
still_ours "$1" && kill -KILL "$1"`;

/** Starting a process takes 3 ms of a start-up that has no time; what could block for good has not begun by then. ms */
const watchdogAfterMs = 250;

const releaseWatchdog = (limitMs: number): (() => void) => {
  const path = process.env["PATH"] ?? "";
  const setpriv = ownProgram("setpriv", path);
  if (setpriv === null) return () => undefined;
  const seconds = String(limitMs / 1_000);
  const dog = launchSilent(
    setpriv,
    ["--pdeathsig", "KILL", "--", "sh", "-c", watchdogScript, "sh", String(process.pid), seconds, setpriv],
    { env: { PATH: path }, cwd: "/" },
  );
  dog.unref();
  // One that could not be started is one less to call off.
  return () => void (dog.pid === undefined || signalGroup(dog.pid, "SIGKILL"));
};

/**
 * Kills this process if it still lives after so many ms: the last resort behind the deadline, for a blocked event loop,
 * which runs no timer, and for a stopped process. The kernel then frees the lock, and the janitor does the rest.
 *
 * A process and not a worker thread: a thread took 10 MB of memory, and would be stopped with us. Without setpriv there
 * is none. Returns what calls it off.
 */
export const startWatchdog = (limitMs: number): (() => void) => {
  let callOff = (): void => undefined;
  const release = setTimeout(() => {
    callOff = releaseWatchdog(Math.max(0, limitMs - watchdogAfterMs));
  }, watchdogAfterMs);
  release.unref();
  return () => {
    clearTimeout(release);
    callOff();
  };
};
