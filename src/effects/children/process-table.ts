import { readdirSync, readFileSync, readlinkSync } from "node:fs";

const read = (file: string): string => {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return ""; // Gone meanwhile, or another user's.
  }
};

/** False for kernel threads and for the dead, true for what runs a program. */
const runsProgram = (pid: number): boolean => {
  try {
    return readlinkSync(`/proc/${pid}/exe`) !== "";
  } catch {
    return false; // The kernel's, dead, or another user's.
  }
};

/** In the middle of an exec a process shows an empty environment for microseconds: an empty one is looked at again. */
const environOf = (pid: number): string => {
  const file = `/proc/${pid}/environ`;
  let environ = read(file);
  for (let look = 0; environ === "" && look < 3 && runsProgram(pid); look += 1) environ = read(file);
  return environ;
};

/** The pid that was given out last in our pid namespace. */
const lastPid = (): number => Number(read("/proc/loadavg").trim().split(" ").at(-1));

/** How many pids were given out since `pid` was: they go round, so the order of birth starts over after the last one. */
const ageOf = (pid: number, last: number): number => (pid <= last ? last - pid : last - pid + 2 ** 22);

const newestFirst = (last: number): readonly number[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => ageOf(a, last) - ageOf(b, last));

/** How often one look goes on to what was born meanwhile. A fork storm must not make a look endless. */
const mostCatchUps = 50;
/** More births than that between two glances, or pids that started over: the next look's list has them. */
const mostBirths = 200;

/**
 * The pids of all other processes, newest first, and then of those that were born since we began: a chain of processes
 * that fork and end is always one step ahead of a list.
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

export interface ProcessView {
  readonly pid: number;
  /** A variable of the environment it was started with. The dead and other users' have none. */
  readonly env: (name: string) => string | undefined;
}

/** One look at every other process of our pid namespace. Act on each as it comes: a list would be old by its end. */
export function* processes(): Generator<ProcessView> {
  for (const pid of otherPids()) {
    if (pid === process.pid) continue;
    const environ = environOf(pid);
    yield { pid, env: (name) => valueIn(environ, name) };
  }
}

/** A process's words, for people. */
export const commandOf = (pid: number): string =>
  Buffer.from(read(`/proc/${pid}/cmdline`), "latin1").toString().replaceAll("\0", " ").trim();
