import { setTimeout as pause } from "node:timers/promises";
import type { StackName } from "../../machines/vocabulary.js";
import type { ContainerSummary, Stats } from "../docker/engine-schema.js";
import type { Engine } from "../docker/engine.js";
import { listContainers } from "../docker/list-containers.js";
import { stackFilter } from "../docker/stack-label.js";
import type { ContainerSample, UsageTally } from "./usage-tally.js";

const betweenLooksMs = 1_000;

/** A look costs one call per container: on a busy daemon, looking takes at most this share of the time. */
const share = 0.1;

/** An app with more containers is not sampled. */
const containersMax = 50;

const serviceLabel = "com.docker.swarm.service.name";

const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);

/** A sample as the docker client computes it: without cache that the kernel could drop. Null if the daemon had no figures. */
export const sampleOf = (
  stack: StackName,
  { Id, Labels }: ContainerSummary,
  { read, cpu_stats, memory_stats }: Stats,
): ContainerSample | null => {
  const service = Labels?.[serviceLabel];
  const cpuNs = cpu_stats?.cpu_usage?.total_usage;
  const { usage, stats } = memory_stats ?? {};
  const atMs = Date.parse(read ?? "");
  if (service === undefined || !isNumber(cpuNs) || !isNumber(usage) || Number.isNaN(atMs)) return null;
  const cache = stats?.inactive_file ?? stats?.total_inactive_file ?? 0;
  return {
    service: service.startsWith(`${stack}_`) ? service.slice(stack.length + 1) : service,
    container: Id,
    memoryBytes: Math.max(0, usage - cache),
    cpuNs,
    atMs,
  };
};

/** One look at the app's containers on this node. A container that goes away meanwhile is left out. */
const look = async (engine: Engine, stack: StackName, signal: AbortSignal): Promise<readonly ContainerSample[]> => {
  const containers = await listContainers(engine, { filters: stackFilter(stack) }, signal);
  const samples = await Promise.all(
    containers.slice(0, containersMax).map(async (container) => {
      const stats = await engine
        .json<Stats>("GET", `/containers/${container.Id}/stats`, { query: { stream: false, "one-shot": true }, signal })
        .catch(() => null);
      return stats === null ? null : sampleOf(stack, container, stats);
    }),
  );
  return samples.filter((sample) => sample !== null);
};

/**
 * Samples what the app's containers use, about once a second, until the signal aborts; then resolves. Never rejects: a
 * daemon that does not answer is not asked more often.
 */
export const watchUsage = async (engine: Engine, stack: StackName, tally: UsageTally, signal: AbortSignal): Promise<void> => {
  while (!signal.aborted) {
    const began = performance.now();
    try {
      tally.see(await look(engine, stack, signal));
    } catch {
      // A failed look says nothing about the app; the next one may succeed.
    }
    const tookMs = performance.now() - began;
    await pause(Math.max(betweenLooksMs, tookMs / share), undefined, { signal, ref: false }).catch(() => undefined);
  }
};
