import { execa, execaSync } from "execa";
import { sendSignalIfThere } from "./signal.js";

export interface Place {
  /** The program's whole environment; by default that of this process. */
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

export interface Ended {
  /** Null if the program was killed or could not be started. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Said {
  readonly stdout: string;
  readonly stderr: string;
}

export interface Heard extends Ended, Said {}

export interface Given extends Place {
  /** What the program reads from stdin; by default /dev/null. */
  readonly input?: string | Uint8Array;
  /** The user it runs as; by default ours. */
  readonly uid?: number;
  readonly gid?: number;
  /** After this time the program is killed. */
  readonly limitMs?: number;
}

/** The default limit for a synchronous call, which blocks the whole test process: long enough for a busy host, but finite. ms */
const waitedMs = 300_000;

const waited = ({ env = process.env, cwd, input, uid, gid, limitMs = waitedMs }: Given) => ({
  env,
  extendEnv: false as const,
  timeout: limitMs,
  killSignal: "SIGKILL" as const,
  maxBuffer: 256 * 1024 * 1024,
  ...(cwd === undefined ? {} : { cwd }),
  ...(uid === undefined ? {} : { uid }),
  ...(gid === undefined ? {} : { gid }),
  ...(input === undefined ? { stdin: "ignore" as const } : { input }),
});

const endOf = ({ exitCode, signal }: { readonly exitCode?: number | undefined; readonly signal?: NodeJS.Signals | undefined }): Ended => ({
  code: exitCode ?? null,
  signal: signal ?? null,
});

/** Runs a program that may fail, blocks until it ends, and returns how it ended and what it printed. */
export const ask = (file: string, args: readonly string[], given: Given = {}): Heard => {
  const result = execaSync(file, args, { ...waited(given), reject: false });
  const { stdout, stderr } = result;
  return { ...endOf(result), stdout, stderr };
};

/** Runs a program that must not fail, and returns its stdout without the final newline. If it fails, throws with its output. */
export const must = (file: string, args: readonly string[], given: Given = {}): string => execaSync(file, args, waited(given)).stdout;

/** As `must`, for a program that prints binary data. */
export const bytesOf = (file: string, args: readonly string[], given: Given = {}): Buffer =>
  Buffer.from(execaSync(file, args, { ...waited(given), encoding: "buffer" }).stdout);

/** The text's non-empty lines. */
export const linesOf = (text: string): readonly string[] => text.split("\n").filter((line) => line !== "");

/** A process group of its own, and none of execa's automatic clean-up: it would send a KILL 5 s after a test's TERM. */
const apart = { detached: true, cleanup: false, buffer: false, reject: false, extendEnv: false, forceKillAfterDelay: false } as const;

const placed = ({ env = process.env, cwd }: Place) => ({ env, ...(cwd === undefined ? {} : { cwd }) });

/** Types any file descriptor as one that execa's types know: they list one-digit numbers only, but execa accepts all. */
const descriptor = (fd: number) => fd as 3;

export interface Child {
  readonly pid: number;
  /** Resolves when the process has ended, and its output too if that is a pipe of ours. */
  readonly ended: Promise<Ended>;
  readonly hasEnded: () => boolean;
  readonly kill: (signal: NodeJS.Signals) => void;
  readonly killGroup: (signal: NodeJS.Signals) => void;
  /** Resolves with how it ended; rejects if it has not ended within the limit. */
  readonly ends: (limitMs?: number) => Promise<Ended>;
  /** Sends SIGKILL to its group and waits for its end. */
  readonly end: () => Promise<Ended>;
}

type Result = Parameters<typeof endOf>[0];

interface Launched extends PromiseLike<Result> {
  readonly pid?: number | undefined;
  readonly kill: (signal: NodeJS.Signals) => boolean;
}

const followed = (file: string, child: Launched): Child => {
  const { pid } = child;
  if (pid === undefined) throw new Error(`${file} was not started`);
  let over = false;
  const ended = Promise.resolve(child).then((result) => {
    over = true;
    return endOf(result);
  });
  const ends = async (limitMs = 10_000): Promise<Ended> => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`${file} (${pid}) has not ended within ${limitMs} ms`)), limitMs);
    });
    return Promise.race([ended, late]).finally(() => clearTimeout(timer));
  };
  const killGroup = (signal: NodeJS.Signals): void => sendSignalIfThere(-pid, signal);
  return {
    pid,
    ended,
    hasEnded: () => over,
    kill: (signal) => void child.kill(signal),
    killGroup,
    ends,
    end: () => {
      killGroup("SIGKILL");
      return ends();
    },
  };
};

/** How long to wait for the pipes after the process has ended: a grandchild that holds them open must not block the test. ms */
const pipesMs = 500;

export interface Listened extends Place {
  /** Our descriptor that the program gets as its fd 3. */
  readonly fd3?: number;
  /** What the program reads from stdin; by default /dev/null. */
  readonly input?: string;
  /** Keep reading its output after its end: processes that it started live on, and must not get EPIPE. */
  readonly outlived?: boolean;
}

/** Starts a program in a process group of its own and collects its output. It counts as ended once its output has ended too. */
export const startProcess = (file: string, args: readonly string[], { fd3, input, outlived = false, ...place }: Listened = {}) => {
  const child = execa(file, args, {
    ...apart,
    ...placed(place),
    ...(input === undefined ? {} : { input }),
    stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe", ...(fd3 === undefined ? [] : [descriptor(fd3)])],
  });
  const said = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    // A test may close the pipe early.
    child[name].on("error", () => undefined);
    child[name].setEncoding("utf8").on("data", (text: string) => void (said[name] += text));
  }
  const cut = (): void => {
    child.stdout.destroy();
    child.stderr.destroy();
  };
  // One turn of the event loop after the timer: if this process was blocked, output that arrived meanwhile is read first.
  if (!outlived) child.once("exit", () => void setTimeout(() => setImmediate(cut), pipesMs).unref());
  return { ...followed(file, child), child, said };
};

export type StartedProcess = ReturnType<typeof startProcess>;

const withoutEnd = (text: string): string => text.replace(/\r?\n$/, "");

/** As `ask`, but asynchronous. At the limit it kills the program's whole group and rejects. */
export const call = async (
  file: string,
  args: readonly string[],
  { limitMs = waitedMs, ...place }: Listened & Pick<Given, "limitMs"> = {},
): Promise<Heard> => {
  const { ends, end, said } = startProcess(file, args, place);
  const how = await ends(limitMs).catch(async (error: unknown) => {
    await end();
    throw error;
  });
  return { ...how, stdout: withoutEnd(said.stdout), stderr: withoutEnd(said.stderr) };
};

/** Starts a program for a dialogue: its stdin stays open and its stdout is passed on unread. */
export const startTalking = (file: string, args: readonly string[], place: Place = {}) => {
  const child = execa(file, args, { ...apart, ...placed(place), stdio: ["pipe", "pipe", "pipe"] });
  const { stdin, stdout, stderr } = child;
  stdin.on("error", () => undefined); // The program may end before it has read everything.
  let complaint = "";
  stderr.setEncoding("utf8").on("data", (text: string) => void (complaint += text));
  return { ...followed(file, child), stdin, stdout, complaint: (): string => complaint };
};

export interface Unheard extends Place {
  /** Our descriptor for its stdout and stderr; by default /dev/null. */
  readonly output?: number;
  /** False: it stays in our process group, as a CI runner's step does. */
  readonly detached?: boolean;
}

/** Starts a program whose output the test does not read. */
export const startSilent = (file: string, args: readonly string[], { output, detached = true, ...place }: Unheard = {}): Child => {
  const stream = output === undefined ? "ignore" : descriptor(output);
  return followed(file, execa(file, args, { ...apart, ...placed(place), detached, stdio: ["ignore", stream, stream] }));
};
