import { readdirSync, readFileSync } from "node:fs";

const read = (pid: number, file: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return ""; // Gone meanwhile.
  }
};

export interface ProcessFacts {
  readonly pid: number;
  readonly parent: number;
  readonly session: number;
  /** R, S, D, T, Z… */
  readonly state: string;
  /** In ticks since boot: with the pid, it names a process for good. */
  readonly startedAt: string;
}

/** What /proc says of a process, or null if it is gone. */
export const factsOf = (pid: number): ProcessFacts | null => {
  const stat = read(pid, "stat");
  // The name may hold anything, blanks and brackets too: the fields begin behind its last bracket.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state, parent, , session] = fields;
  return state === undefined || parent === undefined || session === undefined
    ? null
    : { pid, state, parent: Number(parent), session: Number(session), startedAt: fields[19] ?? "" };
};

export const allPids = (): readonly number[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

/** A zombie does nothing any more and holds nothing: it counts as gone. */
export const isAlive = (pid: number): boolean => {
  const facts = factsOf(pid);
  return facts !== null && facts.state !== "Z" && facts.state !== "X";
};

/** Whether it ignores the signal of this number. */
export const ignores = (pid: number, number: number): boolean => {
  const mask = /^SigIgn:\s*([0-9a-f]+)$/m.exec(read(pid, "status"))?.[1];
  return mask !== undefined && (BigInt(`0x${mask}`) & (1n << BigInt(number - 1))) !== 0n;
};

export const commandOf = (pid: number): string => read(pid, "cmdline").replaceAll("\0", " ").trim();

export const environmentOf = (pid: number): readonly string[] => read(pid, "environ").split("\0");

/** Whether the environment that it began with has this text, as a folder of a test's own, in any variable. */
export const namesIn = (pid: number, text: string): boolean => environmentOf(pid).some((variable) => variable.includes(text));

export { sendSignalIfThere as signal } from "../signal.js";
