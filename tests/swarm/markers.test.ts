import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { resolveEndpoint } from "../../src/effects/docker/endpoint.js";
import { markerCases } from "../effects/tier/markers/marker-cases.js";
import { must } from "../support/children.js";
import { lastingEngine } from "../support/engine/daemon.js";
import { docker } from "../support/swarm/host.js";
import { removeStacks } from "../support/swarm/remove-stacks.js";
import { until } from "../support/processes.js";

const folder = mkdtempSync(join(tmpdir(), "markers-"));
const prefix = `mk${process.pid}`;
const stacks: string[] = [];
const connected = lastingEngine(resolveEndpoint({ docker: "docker", sandbox: null, env: { ...process.env } }));

afterAll(async () => {
  await connected.end();
  await removeStacks(stacks);
  rmSync(folder, { recursive: true });
});

markerCases(
  () => ({
    engine: () => connected.engine,
    deploy: async (stack, compose) => {
      stacks.push(stack);
      writeFileSync(join(folder, "compose.yml"), `version: "3.8"\n${compose}`);
      docker("stack", "deploy", "-c", join(folder, "compose.yml"), stack);
      await until(
        () => `${stack} to run`,
        () =>
          docker("service", "ls", "--filter", `label=com.docker.stack.namespace=${stack}`, "--format", "{{.Replicas}}").every(
            (replicas) => replicas === "1/1",
          ),
        60_000,
      );
    },
    docker: async (...args) => must("docker", args),
  }),
  (name) => `${prefix}${name}`,
);
