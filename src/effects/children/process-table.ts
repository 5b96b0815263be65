import { readdirSync, readFileSync, readlinkSync } from "node:fs";

const read = (file: string): string => {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return ""; // The process is gone, or another user's.
  }
};

/** Whether a process runs a program: kernel threads and dead processes do not. */
const runsProgram = (pid: number): boolean => {
  try {
    return readlinkSync(`/proc/${pid}/exe`) !== "";
  } catch {
    return false; // It is a kernel thread, dead, or another user's.
  }
};

/** In the middle of an exec a process shows an empty environment for microseconds, so an empty one is read again. */
const environOf = (pid: number): string => {
  const file = `/proc/${pid}/environ`;
  let environ = read(file);
  for (let look = 0; environ === "" && look < 3 && runsProgram(pid); look += 1) environ = read(file);
  return environ;
};

/** The newest pid in our pid namespace. */
const lastPid = (): number => Number(read("/proc/loadavg").trim().split(" ").at(-1));

/** How many pids were assigned after `pid`. Pids wrap around, so higher ones than the newest are older. */
const ageOf = (pid: number, last: number): number => (pid <= last ? last - pid : last - pid + 2 ** 22);

const newestFirst = (last: number): readonly number[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => ageOf(a, last) - ageOf(b, last));

/** How often one look goes on to processes born meanwhile: a fork storm must not make it endless. */
const mostCatchUps = 50;
/** If there were more births than this, or pids have wrapped around, the next look finds the new processes. */
const mostBirths = 200;

/**
 * The pids of all other processes, newest first, and then those born since we began: a chain of processes that fork and end
 * is always one step ahead of a list.
 */
function* otherPids(): Generator<number> {
  let seen = lastPid();
  yield* newestFirst(seen);
  for (let round = 0; round < mostCatchUps; round += 1) {
    const last = lastPid();
    if (last <= seen || last - seen > mostBirths) return;
    for (let pid = last; pid > seen; pid -= 1) yield pid;
    seen = last;
  }
}

const valueIn = (environ: string, name: string): string | undefined => {
  const text = `\0${environ}`;
  const mark = `\0${name}=`;
  const start = text.indexOf(mark);
  if (start < 0) return undefined;
  const end = text.indexOf("\0", start + 1);
  return text.slice(start + mark.length, end < 0 ? undefined : end);
};

interface ProcessView {
  readonly pid: number;
  /** A variable of the environment that it was started with. Dead processes and those of other users have none. */
  readonly env: (name: string) => string | undefined;
}

/** One look at every other process in our pid namespace. Act on each as it comes: a list would be outdated at its end. */
export function* processes(): Generator<ProcessView> {
  for (const pid of otherPids()) {
    if (pid === process.pid) continue;
    const environ = environOf(pid);
    yield { pid, env: (name) => valueIn(environ, name) };
  }
}

/** A process's command line, for people. */
export const commandOf = (pid: number): string =>
  Buffer.from(read(`/proc/${pid}/cmdline`), "latin1")
    .toString()
    .replaceAll("\0", " ")
    .trim();
