import { readdirSync, readFileSync } from "node:fs";

interface GroupUsage {
  readonly memoryBytes: number;
  /** Processor time so far. ns */
  readonly cpuNs: number;
  readonly processes: number;
}

/** Linux's unit, which is the same on every machine on which node runs. */
const nsPerTick = 1e9 / 100;
const bytesPerPage = 4_096;

/** The fields of /proc/PID/stat after the name, which may contain spaces: state, parent, group, … */
const statOf = (pid: string): readonly string[] => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return []; // The process is gone.
  }
};

const numberAt = (fields: readonly string[], index: number): number => Number(fields[index] ?? 0);

/** What the processes of a group use: a container's memory and processor time, as far as /proc shows. */
export const usageOf = (group: number): GroupUsage => {
  const members = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(statOf)
    .filter((fields) => fields[2] === String(group));
  return members.reduce<GroupUsage>(
    (sum, fields) => ({
      memoryBytes: sum.memoryBytes + numberAt(fields, 21) * bytesPerPage,
      cpuNs: sum.cpuNs + (numberAt(fields, 11) + numberAt(fields, 12)) * nsPerTick,
      processes: sum.processes + 1,
    }),
    { memoryBytes: 0, cpuNs: 0, processes: 0 },
  );
};
