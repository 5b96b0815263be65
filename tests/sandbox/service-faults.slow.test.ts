import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { echo, StandIns, until } from "./stand-ins.js";

let world: StandIns;

beforeEach(() => {
  world = new StandIns();
});
afterEach(() => world.close());

test("crash-loop: the tasks of the service fail one after the other and say why, and it never stays up", async () => {
  world.faults([{ when: "service app", do: "crash-loop" }]);
  expect((await world.deploy("loops", echo)).code).toBe(0);
  await until("three tasks have failed", async () => {
    const tasks = await world.rows("service", "ps", "--no-trunc", "loops_app");
    return (
      tasks.filter(({ CurrentState, Error }) => CurrentState?.startsWith("Failed ") && Error?.includes("non-zero exit (1)")).length >= 3
    );
  });
  const { stdout, stderr } = await world.docker("service", "logs", "--raw", "--tail", "1", "loops_app");
  expect(stdout + stderr).toContain("crash-loop");
});

test("crash-loop with nth: 1 fails the first task only, and the service recovers", async () => {
  world.faults([{ when: "service app", nth: 1, do: "crash-loop" }]);
  await world.deploy("once", echo);
  await until("a task failed and another runs", async () => {
    const states = (await world.rows("service", "ps", "--no-trunc", "once_app")).map(({ CurrentState }) => CurrentState?.split(" ")[0]);
    return states.includes("Failed") && states.includes("Running");
  });
});

const checked = `${echo}    healthcheck: {test: ["CMD", "node", "app.js", "--health"], interval: 200ms, retries: 3}\n`;

test("never-healthy: the process runs and answers, but the service does not count as running and its task is replaced", async () => {
  world.faults([{ when: "service app", do: "never-healthy" }]);
  await world.deploy("sick", checked);
  await until("a task was given up as unhealthy", async () => {
    expect(await world.replicas("sick_app")).toBe("0/1");
    return (await world.rows("service", "ps", "--no-trunc", "sick_app")).length >= 2;
  });
});

test("never-healthy by the service's full name spares its namesake in another stack", async () => {
  world.faults([{ when: "service sick_app", do: "never-healthy" }]);
  await Promise.all([world.deploy("sick", checked), world.deploy("well", checked)]);
  await world.runs("well_app");
  expect(await world.replicas("sick_app")).toBe("0/1");
});

test("in-use:MS: containers outlive the stack by that time, during which the volume cannot be removed", async () => {
  world.faults([{ when: "service app", do: "in-use:2500" }]);
  await world.deploy("lingers", `${echo}    volumes: ["data:/data"]\nvolumes: {data: {}}\n`);
  await world.runs("lingers_app");
  const began = performance.now();
  await world.docker("stack", "rm", "lingers");
  const refused = await world.docker("volume", "rm", "lingers_data");
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(/volume is in use - \[\w+\]/);
  await world.gone();
  expect(performance.now() - began).toBeGreaterThanOrEqual(2_500);
  expect((await world.docker("volume", "rm", "lingers_data")).code).toBe(0);
  expect(existsSync(join(world.root, "world", "volume-data", "lingers_data"))).toBe(false);
});
