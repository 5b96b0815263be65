import type { ExitCode } from "../../machines/vocabulary.js";
import { ownProgram } from "../children/find-executable.js";
import { launchSilent, signalGroup } from "../children/launch.js";
import { lostOutput } from "./broken-output.js";

/** How long a reader may take to read what is still in the pipe. ms */
const flushMs = 2_000;

const flushed = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => {
    if (stream.destroyed || stream.writableEnded) return resolve();
    stream.write("", () => resolve());
  });

/** Exit code 0 promises that a program can use what was printed, so it becomes 69 if output was lost. */
const honest = (code: ExitCode): ExitCode => {
  const lost = code === 0 ? lostOutput(process.stdout) : null;
  if (lost === null) return code;
  process.stderr.write(`recipe-ci: what it had to say could not be written: ${lost}\nnext: Is the disk that stdout goes to full?\n`);
  return 69;
};

/**
 * Ends the process with the code when its output is written or the flush limit is over: nothing is lost on a pipe that
 * is read, and a stalled reader cannot hold us.
 *
 * The code is final: a throw during the exit would make it 1, so it is set again in the very last hook. Only 0 becomes
 * 69, if stdout could not be written and the result is not recorded elsewhere, as a run's is.
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
 * Kills its parent after so many seconds. It asks the kernel each time whether we still are its parent, because the pid
 * alone may be another's by then. Each of the two processes dies with its parent, even if that died before the death
 * signal was armed.
 */
const watchdogScript = `
still_ours() { read -r _ _ _ parent _ <"/proc/$$/stat" && test "$parent" = "$1"; }
still_ours "$1" || exit
"$3" --pdeathsig KILL -- sh -c 'test "$PPID" = "$1" && exec sleep "$2"' sh $$ "$2"
still_ours "$1" && kill -KILL "$1"`;

/**
 * The watchdog starts this much later, because starting a process takes 3 ms of the start-up. Nothing that could block for good has begun
 * by then. ms
 */
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
  // If it could not be started, there is nothing to call off.
  return () => void (dog.pid === undefined || signalGroup(dog.pid, "SIGKILL"));
};

/**
 * Kills this process if it still lives after this time: the last resort after the deadline, for a blocked event loop,
 * which runs no timer, and for a stopped process. The kernel then frees the lock, and the janitor does the rest.
 *
 * It is a process and not a worker thread: a thread took 10 MB of memory and would be stopped with us. Without setpriv
 * there is no watchdog. Returns a function that calls it off.
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
