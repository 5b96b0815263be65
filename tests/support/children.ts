import { execa, execaSync } from "execa";
import { sendSignalIfThere } from "./signal.js";

export interface Place {
  /** The whole environment; ours when it is not given. */
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

export interface Ended {
  /** Null where it was killed, or not started. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Said {
  readonly stdout: string;
  readonly stderr: string;
}

export interface Heard extends Ended, Said {}

export interface Given extends Place {
  /** Its stdin; null when it is not given. */
  readonly input?: string | Uint8Array;
  /** Who it is; else who we are. */
  readonly uid?: number;
  readonly gid?: number;
  /** It is ended by then. */
  readonly limitMs?: number;
}

/** What is waited for with everything else standing still: long enough for a busy host, and not for good. ms */
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

/** Waits for a program and says how it ended; for what may fail. */
export const ask = (file: string, args: readonly string[], given: Given = {}): Heard => {
  const result = execaSync(file, args, { ...waited(given), reject: false });
  const { stdout, stderr } = result;
  return { ...endOf(result), stdout, stderr };
};

/** The same for what must not fail: what it printed, without the last line's end. Throws with what it said. */
export const must = (file: string, args: readonly string[], given: Given = {}): string => execaSync(file, args, waited(given)).stdout;

/** The same for what prints no text. */
export const bytesOf = (file: string, args: readonly string[], given: Given = {}): Buffer =>
  Buffer.from(execaSync(file, args, { ...waited(given), encoding: "buffer" }).stdout);

/** The lines of a text that are not empty. */
export const linesOf = (text: string): readonly string[] => text.split("\n").filter((line) => line !== "");

/** In a group of its own, and with nothing done to it by execa behind our back: 5 s after a TERM of the test's it would send a KILL. */
const apart = { detached: true, cleanup: false, buffer: false, reject: false, extendEnv: false, forceKillAfterDelay: false } as const;

const placed = ({ env = process.env, cwd }: Place) => ({ env, ...(cwd === undefined ? {} : { cwd }) });

/** Any descriptor of ours; execa's types name those of one digit only, and what it does is the same for all. */
const descriptor = (fd: number) => fd as 3;

export interface Child {
  readonly pid: number;
  /** With its output, where that is a pipe of ours. */
  readonly ended: Promise<Ended>;
  readonly hasEnded: () => boolean;
  readonly kill: (signal: NodeJS.Signals) => void;
  readonly killGroup: (signal: NodeJS.Signals) => void;
  /** How it ended; rejects when that has not come by then. */
  readonly ends: (limitMs?: number) => Promise<Ended>;
  /** SIGKILL to its group, and the end. */
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

/** A survivor that holds the pipes must not hold the test. ms */
const pipesMs = 500;

export interface Listened extends Place {
  /** A descriptor of ours that it has as its fd 3. */
  readonly fd3?: number;
  /** Its stdin; null when it is not given. */
  readonly input?: string;
  /** Its output is read on after its end: what it started lives on, and must not be told that nobody listens. */
  readonly outlived?: boolean;
}

/** Starts a program for a test, in a group of its own, and keeps what it says. Its end is that of the process and of its output. */
export const startProcess = (file: string, args: readonly string[], { fd3, input, outlived = false, ...place }: Listened = {}) => {
  const child = execa(file, args, {
    ...apart,
    ...placed(place),
    ...(input === undefined ? {} : { input }),
    stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe", ...(fd3 === undefined ? [] : [descriptor(fd3)])],
  });
  const said = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    // A test may hang up on it.
    child[name].on("error", () => undefined);
    child[name].setEncoding("utf8").on("data", (text: string) => void (said[name] += text));
  }
  const cut = (): void => {
    child.stdout.destroy();
    child.stderr.destroy();
  };
  // A turn later: where this process was kept from running, what was said meanwhile is read first.
  if (!outlived) child.once("exit", () => void setTimeout(() => setImmediate(cut), pipesMs).unref());
  return { ...followed(file, child), child, said };
};

export type StartedProcess = ReturnType<typeof startProcess>;

const withoutEnd = (text: string): string => text.replace(/\r?\n$/, "");

/** As `ask`, while this process goes on. Rejects at the limit, when its whole group has been killed. */
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

/** Starts what is talked with: its stdin is open and its stdout raw. */
export const startTalking = (file: string, args: readonly string[], place: Place = {}) => {
  const child = execa(file, args, { ...apart, ...placed(place), stdio: ["pipe", "pipe", "pipe"] });
  const { stdin, stdout, stderr } = child;
  stdin.on("error", () => undefined); // It may end before all is written.
  let complaint = "";
  stderr.setEncoding("utf8").on("data", (text: string) => void (complaint += text));
  return { ...followed(file, child), stdin, stdout, complaint: (): string => complaint };
};

export interface Unheard extends Place {
  /** A descriptor of ours for its stdout and stderr; without one they lead nowhere. */
  readonly output?: number;
  /** False: it is in our group, as a runner's step is. */
  readonly detached?: boolean;
}

/** Starts what is not listened to. */
export const startSilent = (file: string, args: readonly string[], { output, detached = true, ...place }: Unheard = {}): Child => {
  const stream = output === undefined ? "ignore" : descriptor(output);
  return followed(file, execa(file, args, { ...apart, ...placed(place), detached, stdio: ["ignore", stream, stream] }));
};
