import type { ServiceUsage, Usage } from "../report/observed.js";

/** What one container had used when it was sampled. */
export interface ContainerSample {
  readonly service: string;
  readonly container: string;
  readonly memoryBytes: number;
  /** Processor time since the container began. ns */
  readonly cpuNs: number;
  /** By the daemon's clock. ms */
  readonly atMs: number;
}

export interface UsageTally {
  /** Adds one look at all containers of the app. */
  readonly see: (samples: readonly ContainerSample[]) => void;
  /** Called when the app is put to work: the last look is its usage at rest. */
  readonly rested: () => void;
  readonly result: () => readonly ServiceUsage[];
}

/** Processors busy since the last look; null if the container was not there then or its clock did not move. */
const processorsOf = (now: ContainerSample, before: ContainerSample | undefined): number | null => {
  if (before === undefined || now.atMs <= before.atMs || now.cpuNs < before.cpuNs) return null;
  return (now.cpuNs - before.cpuNs) / 1e6 / (now.atMs - before.atMs);
};

const most = (one: Usage | undefined, other: Usage): Usage =>
  one === undefined
    ? other
    : { memoryBytes: Math.max(one.memoryBytes, other.memoryBytes), processors: Math.max(one.processors, other.processors) };

/** Sums the containers of each service at each look, and keeps the last look at rest and the highest values. */
export const createUsageTally = (): UsageTally => {
  const before = new Map<string, ContainerSample>();
  const [rest, peak, latest] = [new Map<string, Usage>(), new Map<string, Usage>(), new Map<string, Usage>()];
  const look = (samples: readonly ContainerSample[]): Map<string, Usage> => {
    const sums = new Map<string, Usage>();
    for (const sample of samples) {
      const sum = sums.get(sample.service) ?? { memoryBytes: 0, processors: 0 };
      sums.set(sample.service, {
        memoryBytes: sum.memoryBytes + sample.memoryBytes,
        processors: sum.processors + (processorsOf(sample, before.get(sample.container)) ?? 0),
      });
    }
    before.clear();
    for (const sample of samples) before.set(sample.container, sample);
    return sums;
  };
  return {
    see: (samples) => {
      for (const [service, usage] of look(samples)) {
        latest.set(service, usage);
        peak.set(service, most(peak.get(service), usage));
      }
    },
    rested: () => {
      if (rest.size === 0) for (const [service, usage] of latest) rest.set(service, usage);
    },
    result: () =>
      [...peak]
        .map(([service, seen]) => ({ service, rest: rest.get(service) ?? latest.get(service) ?? seen, peak: seen }))
        .sort((a, b) => a.service.localeCompare(b.service)),
  };
};
