import { expect, onTestFinished, test } from "vitest";
import type { ContainerSummary } from "../../src/effects/docker/engine-schema.js";
import { createUsageTally } from "../../src/effects/usage/usage-tally.js";
import { watchUsage } from "../../src/effects/usage/watch-usage.js";
import type { StackName } from "../../src/machines/vocabulary.js";
import { engineOn } from "../support/engine/daemon.js";
import { until } from "../support/processes.js";

const stack = `usage${process.pid}_ci_example_com` as StackName;

test("the watch measures on the real engine what a container uses at its peak and at rest", async () => {
  const engine = engineOn("/var/run/docker.sock");
  const Labels = { "com.docker.stack.namespace": stack, "com.docker.swarm.service.name": `${stack}_app` };
  const { Id } = await engine.json<ContainerSummary>("POST", "/containers/create", {
    query: { name: `${stack}_app.1` },
    body: { Image: "local/echo-app:1.0.0", Labels },
  });
  onTestFinished(() => engine.json("DELETE", `/containers/${Id}`, { query: { force: true } }));
  await engine.json("POST", `/containers/${Id}/start`);
  const [tally, stop] = [createUsageTally(), new AbortController()];
  const watching = watchUsage(engine, stack, tally, stop.signal);
  await until("the container was measured", () => (tally.result()[0]?.peak.memoryBytes ?? 0) > 0);
  tally.rested();
  stop.abort();
  await watching;
  const [usage] = tally.result();
  expect(usage?.service).toBe("app");
  expect(usage?.rest.memoryBytes).toBeGreaterThan(10_000);
  expect(usage?.rest.processors).toBeGreaterThanOrEqual(0);
  expect(usage?.rest.processors).toBeLessThan(64);
});
