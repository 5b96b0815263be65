import type { Readable, Writable } from "node:stream";
import { longestMs } from "../../machines/duration.js";
import { createStopper } from "./child-stopper.js";
import { isFault } from "./fault-signals.js";
import { findExecutable } from "./find-executable.js";
import { launchPiped, launchTalking, signalGroup, type Place } from "./launch.js";
import { noSuchCommand, notStarted } from "./not-started.js";
import { createTail } from "./output-tail.js";
import { tied } from "./tie.js";

export interface ChildSpec extends Place {
  readonly file: string;
  readonly args: readonly string[];
  /** After this time the group gets TERM, and after the grace KILL. */
  readonly limitMs: number;
  readonly graceMs?: number;
  readonly onOutput?: (stream: "stdout" | "stderr", text: string) => void;
  /** How many characters of each stream are kept: the last ones. */
  readonly keepChars?: number;
  /** Gives the caller the child's stdin and stdout to talk through; stdout is then neither kept nor reported. */
  readonly talk?: (pipes: { readonly stdin: Writable; readonly stdout: Readable }) => void;
  /** What the child reads on its stdin; without it, stdin is empty. */
  readonly input?: string;
  /** The child is a connection: its end is reported at once, and whoever's call it breaks judges it. */
  readonly isConnection?: boolean;
  /** If it writes more into one file, the kernel ends it with SIGXFSZ. */
  readonly fileBytesMax?: number;
  /** Exit codes other than 0 that are answers. Any other code is a failure, which a stop may have caused. */
  readonly answers?: readonly number[];
}

export interface ChildEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
  readonly aborted: boolean;
  readonly durationMs: number;
  /** The signal that ended it, if it came neither from us nor from a fault of its own. */
  readonly killedBy: NodeJS.Signals | null;
  /** The command as one could type it, for messages. */
  readonly command: string;
}

export interface RunningChild {
  /** Null if none could be started. */
  readonly pid: number | null;
  /** Resolves when the child is gone and its pipes are closed or cut. Rejects with `cannot-start`. */
  readonly end: Promise<ChildEnd>;
  /** Sends TERM to the group now and KILL after the grace. Of several graces the shortest counts. */
  readonly stop: (graceMs: number) => void;
  /** Sends KILL to the group now. */
  readonly killNow: () => void;
}

/**
 * How long to wait for pipes after the child's exit: a grandchild may hold them, and a plain wait took 2 s for a child that took 0.3. ms
 */
const pipesMs = 500;
const defaultGraceMs = 2_000;
const defaultKeepChars = 2 * 1024 * 1024;

type Launched = ReturnType<typeof launchPiped> | ReturnType<typeof launchTalking>;

/** A child that could not be started: its end rejects with the reason. */
const notStartedChild = (file: string, child: Launched): RunningChild => ({
  pid: null,
  end: (async () => {
    throw notStarted(file, await child);
  })(),
  stop: () => undefined,
  killNow: () => undefined,
});

/** Keeps the end of what the child prints, and reports it as it comes. Returns both streams' text so far. */
const keepOutput = (
  child: Launched,
  { talk, onOutput, keepChars = defaultKeepChars }: ChildSpec,
): (() => Pick<ChildEnd, "stdout" | "stderr">) => {
  const kept = { stdout: createTail(keepChars), stderr: createTail(keepChars) };
  for (const name of ["stdout", "stderr"] as const) {
    // A broken pipe is ignored: the exit says how the child ended.
    child[name].on("error", () => undefined);
    if (name === "stdout" && talk !== undefined) continue;
    child[name].setEncoding("utf8").on("data", (text: string) => {
      kept[name].add(text);
      onOutput?.(name, text);
    });
  }
  return () => ({ stdout: kept.stdout.text(), stderr: kept.stderr.text() });
};

/** Gives the child its stdin: the caller's end of a talk, or the whole input. */
const feed = ({ stdin, stdout }: Launched, { talk, input }: ChildSpec): void => {
  if (stdin !== null && talk !== undefined) talk({ stdin, stdout });
  // A child that ends before it has read all of its input says why by its end.
  else stdin?.on("error", () => undefined).end(input);
};

/** Calls `stop` when the child's time is over and when the signal aborts, until `end`. Returns which of them it was. */
const watchTime = (limitMs: number, signal: AbortSignal | undefined, stop: () => void) => {
  const stopped = { timedOut: false, aborted: false };
  const limit = setTimeout(
    () => {
      stopped.timedOut = true;
      stop();
    },
    Math.min(limitMs, longestMs),
  );
  const onAbort = (): void => {
    stopped.aborted = true;
    stop();
  };
  signal?.addEventListener("abort", onAbort, { once: true });
  const end = (): void => {
    clearTimeout(limit);
    signal?.removeEventListener("abort", onAbort);
  };
  return { stopped, end };
};

/**
 * Starts one child. Throws `no-such-command`; then nothing runs.
 *
 * The child ends with its own process: what is left of its group is killed, and a pipe that somebody else still holds is
 * cut after half a second.
 */
export const startChild = (spec: ChildSpec, signal?: AbortSignal): RunningChild => {
  const executable = findExecutable(spec.file, spec.env["PATH"] ?? "", spec.cwd);
  if (executable === null) throw noSuchCommand(spec.file);
  const { file, args, bare } = tied(executable, spec.args, spec.fileBytesMax);
  const child: Launched =
    spec.talk === undefined && spec.input === undefined ? launchPiped(file, args, spec) : launchTalking(file, args, spec);
  const { pid } = child;
  if (pid === undefined) return notStartedChild(spec.file, child);

  const output = keepOutput(child, spec);
  feed(child, spec);
  const stopper = createStopper(pid);
  const time = watchTime(spec.limitMs, signal, () => stopper.stop(spec.graceMs ?? defaultGraceMs));

  const cutPipes = (): void => {
    child.stdout.destroy();
    child.stderr.destroy();
  };
  let cut: NodeJS.Timeout | undefined;
  let wasOurs = false;
  child.once("exit", () => {
    time.end();
    stopper.clear();
    wasOurs = stopper.hasSignalled();
    // What is left of the group is killed: whoever started the child did not ask for daemons.
    signalGroup(pid, "SIGKILL");
    // One turn of the event loop later: if we were kept from running, the child's output is read first.
    cut = setTimeout(() => setImmediate(cutPipes), pipesMs);
  });

  const ended = async (): Promise<ChildEnd> => {
    const result = await child;
    clearTimeout(cut);
    const ending = result.signal ?? null;
    return {
      exitCode: result.exitCode ?? null,
      signal: ending,
      ...output(),
      ...time.stopped,
      durationMs: result.durationMs,
      killedBy: ending === null || wasOurs || isFault(ending) ? null : ending,
      command: bare(result.escapedCommand),
    };
  };
  return { pid, end: ended(), stop: stopper.stop, killNow: stopper.killNow };
};
