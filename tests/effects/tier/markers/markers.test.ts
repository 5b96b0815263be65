import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { StandIns } from "../../../sandbox/stand-ins.js";
import { lastingEngine } from "../../../support/engine/daemon.js";
import { markerCases } from "./marker-cases.js";

let world: StandIns;
let connected: ReturnType<typeof lastingEngine>;
beforeAll(async () => {
  world = new StandIns();
  await world.docker("version");
  const { socket } = JSON.parse(readFileSync(join(world.root, "engine.json"), "utf8")) as { socket: string };
  connected = lastingEngine({ kind: "socket", path: socket });
});
afterAll(async () => {
  await connected.end();
  await world.close();
});

markerCases(
  () => ({
    engine: () => connected.engine,
    deploy: async (stack, compose) => {
      const { code, stderr } = await world.deploy(stack, compose);
      if (code !== 0) throw new Error(stderr);
      for (const { Name = "" } of await world.rows("service", "ls")) await world.runs(Name);
    },
    docker: async (...args) => (await world.docker(...args)).stdout,
  }),
  (name) => name,
);
