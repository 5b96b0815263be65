import { readdirSync, readFileSync } from "node:fs";

const read = (pid: number, file: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return ""; // The process has ended since it was listed.
  }
};

export interface ProcessFacts {
  readonly pid: number;
  readonly parent: number;
  readonly session: number;
  /** R, S, D, T, Z… */
  readonly state: string;
  /** In ticks since boot. Together, pid and start identify a process even if the pid is reused. */
  readonly startedAt: string;
}

/** What /proc says of a process, or null if it is gone. */
export const factsOf = (pid: number): ProcessFacts | null => {
  const stat = read(pid, "stat");
  // The name may contain blanks and brackets, so the other fields begin after the last bracket.
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

/** Whether the process lives. A zombie counts as gone: it does nothing and holds nothing any more. */
export const isAlive = (pid: number): boolean => {
  const facts = factsOf(pid);
  return facts !== null && facts.state !== "Z" && facts.state !== "X";
};

/** Whether the process ignores the signal with this number. */
export const ignores = (pid: number, number: number): boolean => {
  const mask = /^SigIgn:\s*([0-9a-f]+)$/m.exec(read(pid, "status"))?.[1];
  return mask !== undefined && (BigInt(`0x${mask}`) & (1n << BigInt(number - 1))) !== 0n;
};

export const commandOf = (pid: number): string => read(pid, "cmdline").replaceAll("\0", " ").trim();

export const environmentOf = (pid: number): readonly string[] => read(pid, "environ").split("\0");

/** Whether any variable of the environment a process was started with contains this text, for example a test's folder. */
export const namesIn = (pid: number, text: string): boolean => environmentOf(pid).some((variable) => variable.includes(text));

export { sendSignalIfThere as signal } from "../signal.js";
