import { readdirSync, readFileSync } from "node:fs";

export interface GroupUsage {
  readonly memoryBytes: number;
  /** Processor time so far. ns */
  readonly cpuNs: number;
  readonly processes: number;
}

/** Linux' units, the same on every machine that node runs on. */
const nsPerTick = 1e9 / 100;
const bytesPerPage = 4_096;

/** /proc/PID/stat behind the name, which may have spaces: state, parent, group, … */
const statOf = (pid: string): readonly string[] => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return []; // Gone meanwhile.
  }
};

const numberAt = (fields: readonly string[], index: number): number => Number(fields[index] ?? 0);

/** What the processes of a group take: a container's memory and processor time, as far as a process table tells. */
export const usageOf = (group: number): GroupUsage => {
  const members = readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(statOf).filter((fields) => fields[2] === String(group));
  return members.reduce<GroupUsage>(
    (sum, fields) => ({
      memoryBytes: sum.memoryBytes + numberAt(fields, 21) * bytesPerPage,
      cpuNs: sum.cpuNs + (numberAt(fields, 11) + numberAt(fields, 12)) * nsPerTick,
      processes: sum.processes + 1,
    }),
    { memoryBytes: 0, cpuNs: 0, processes: 0 },
  );
};
