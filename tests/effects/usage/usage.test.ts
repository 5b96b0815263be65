import { expect, test } from "vitest";
import { createUsageTally, type ContainerSample } from "../../../src/effects/usage/usage-tally.js";
import { sampleOf, watchUsage } from "../../../src/effects/usage/watch-usage.js";
import type { StackName } from "../../../src/machines/vocabulary.js";
import { engineOn, startDaemon } from "../../support/engine/daemon.js";
import { until } from "../../support/processes.js";

const stack = "note-0a1b2c_ci_example_com" as StackName;

const sample = (container: string, atMs: number, cpuMs: number, memoryBytes: number, service = "app"): ContainerSample => ({
  service,
  container,
  memoryBytes,
  cpuNs: cpuMs * 1e6,
  atMs,
});

test("at rest is the last look before the app is put to work, at peak the most of each figure", () => {
  const tally = createUsageTally();
  tally.see([sample("a", 0, 0, 50)]);
  tally.see([sample("a", 1_000, 900, 40)]);
  tally.see([sample("a", 2_000, 1_000, 30)]);
  tally.rested();
  tally.see([sample("a", 3_000, 2_500, 35)]);
  tally.rested();
  expect(tally.result()).toEqual([
    { service: "app", rest: { memoryBytes: 30, processors: 0.1 }, peak: { memoryBytes: 50, processors: 1.5 } },
  ]);
});

test("the containers of a service are added up, and one that was replaced begins anew", () => {
  const tally = createUsageTally();
  tally.see([sample("a", 0, 500, 10), sample("b", 0, 500, 10), sample("d", 0, 0, 1, "db")]);
  tally.see([sample("a", 1_000, 600, 10), sample("c", 1_000, 50, 30), sample("d", 1_000, 0, 1, "db")]);
  expect(tally.result()).toEqual([
    { service: "app", rest: { memoryBytes: 40, processors: 0.1 }, peak: { memoryBytes: 40, processors: 0.1 } },
    { service: "db", rest: { memoryBytes: 1, processors: 0 }, peak: { memoryBytes: 1, processors: 0 } },
  ]);
});

test("an app that was never seen has no figures", () => {
  const tally = createUsageTally();
  tally.rested();
  expect(tally.result()).toEqual([]);
});

const container = { Id: "c1", Labels: { "com.docker.swarm.service.name": `${stack}_app` } };

test("memory is counted as the docker client does, without what the kernel can drop, under either version of cgroups", () => {
  const stats = (stats: object) => ({
    read: "2026-01-01T00:00:01.5Z",
    cpu_stats: { cpu_usage: { total_usage: 7 } },
    memory_stats: { usage: 100, stats },
  });
  expect(sampleOf(stack, container, stats({ inactive_file: 30 }))).toMatchObject({ service: "app", memoryBytes: 70, cpuNs: 7 });
  expect(sampleOf(stack, container, stats({ total_inactive_file: 20 }))).toMatchObject({ memoryBytes: 80 });
  expect(sampleOf(stack, container, stats({}))).toMatchObject({ memoryBytes: 100 });
});

test("a container that does not run, or is no service's, has no figures", () => {
  expect(sampleOf(stack, container, { read: "2026-01-01T00:00:01Z", cpu_stats: {}, memory_stats: {} })).toBeNull();
  expect(
    sampleOf(
      stack,
      { Id: "c1", Labels: null },
      { read: "2026-01-01T00:00:01Z", cpu_stats: { cpu_usage: { total_usage: 1 } }, memory_stats: { usage: 1 } },
    ),
  ).toBeNull();
  expect(sampleOf(stack, container, {})).toBeNull();
});

test("a look asks once for each container, goes on after one that failed, and ends at once when it is told to", async () => {
  let looks = 0;
  const daemon = await startDaemon((request, answer) => {
    const isList = request.url?.includes("/containers/json") === true;
    if (isList && (looks += 1) === 1) return void answer.writeHead(500).end('{"message":"busy"}');
    answer.end(
      JSON.stringify(
        isList
          ? [container]
          : { read: new Date().toISOString(), cpu_stats: { cpu_usage: { total_usage: looks } }, memory_stats: { usage: 5 } },
      ),
    );
  });
  const [tally, stop] = [createUsageTally(), new AbortController()];
  const watching = watchUsage(engineOn(daemon.socket), stack, tally, stop.signal);
  await until("it was looked at twice", () => tally.result().length === 1);
  stop.abort();
  await watching;
  expect(looks).toBe(2);
  expect(daemon.calls.filter((call) => call.includes("/stats"))).toEqual(["GET /v1.41/containers/c1/stats?stream=false&one-shot=true"]);
});
