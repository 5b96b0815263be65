import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { StandIns } from "./stand-ins.js";

// More keys of a stack, and the refusals, are in compose.slow.test.ts.
let world: StandIns;

beforeEach(() => {
  world = new StandIns();
});
afterEach(() => world.close());

test("a later compose file adds to the environment, keeps keys without a value, and replaces commands", async () => {
  await world.deploy(
    "over",
    `services:\n  app:\n    image: local/echo-app:1.0.0\n    environment: [DOMAIN, "A=1", "B=\${FROM:-usual}"]\n    command: ["sh", "-c", "false"]\n`,
  );
  await world.deploy("base", `services:\n  app:\n    environment: {A: "2", C: $$5}\n    command: ["node", "app.js"]\n`);
  const files = ["-c", join(world.root, "over.yml"), "-c", join(world.root, "base.yml")];
  await world.start("docker", ["stack", "deploy", ...files, "merged"], { DOMAIN: "here.example", FROM: "elsewhere" }).ended;
  const { Spec } = await world.inspect<{ Spec: { TaskTemplate: { ContainerSpec: { Env: string[] } } } }>(
    "service",
    "inspect",
    "merged_app",
  );
  expect(Spec.TaskTemplate.ContainerSpec.Env.toSorted()).toEqual(["A=2", "B=elsewhere", "C=$5", "DOMAIN=here.example"]);
  await world.runs("merged_app");
});

test("a stack with an unknown key is refused in the client's words", async () => {
  const said = await world.deploy("refused", "services: {app: {image: local/echo-app:1.0.0, platform: linux}}\n");
  expect(said.code).toBe(1);
  expect(said.stderr).toContain("services.app Additional property platform is not allowed");
});
