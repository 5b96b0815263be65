import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RunRecordFile } from "../../src/effects/record/run-record.js";
import { must } from "../support/children.js";
import { TwoNodes, type DockerNode } from "../support/nodes/two-nodes.js";
import { until } from "../support/processes.js";
import { startProgram, type Started } from "../support/program.js";
import { whichAbra } from "../support/swarm/bring-up.js";

const image = "local/echo-app:1.0.0";
const zone = "nodes.test";

/** One service here and one there, which keeps its data in a volume on the other node. */
const compose = `version: "3.8"
services:
  app:
    image: ${image}
    stop_grace_period: 1s
    ports: [{ target: 8080, mode: host }]
    deploy: { endpoint_mode: dnsrr, placement: { constraints: ["node.role == manager"] } }
  store:
    image: ${image}
    stop_grace_period: 1s
    volumes: ["data:/data"]
    deploy: { endpoint_mode: dnsrr, placement: { constraints: ["node.hostname == worker"] } }
volumes: { data: {} }
`;

let two: TwoNodes;
let source: string;

const at = (...parts: readonly string[]): string => join(two.root, ...parts);

beforeAll(async () => {
  two = new TwoNodes();
  source = at("box");
  for (const folder of [source, at("locks"), at("abra/servers/default"), at("operator/box")]) mkdirSync(folder, { recursive: true });
  writeFileSync(join(source, "compose.yml"), compose);
  writeFileSync(join(source, ".env.sample"), "TYPE=box\nDOMAIN=box.example.com\nTIMEOUT=60\n");
  writeFileSync(join(source, "abra.sh"), "");
  for (const words of [
    ["init", "--quiet", "--initial-branch=main"],
    ["add", "--all"],
    ["commit", "--quiet", "--message", "Box"],
  ]) {
    must("git", ["-C", source, "-c", "user.name=t", "-c", "user.email=t@localhost", ...words]);
  }
  // The daemons have a network of their own that we cannot reach, so no test here looks at the app's answer.
  writeFileSync(at("operator/box/recipe.yml"), "timeouts: { deploy: 60s, probe: 5s, tier: 30s }\n");
  await two.up([image]);
}, 120_000);
afterAll(() => two.down(), 60_000);

const env = (node: DockerNode): NodeJS.ProcessEnv => ({
  PATH: process.env["PATH"],
  HOME: two.root,
  DOCKER_HOST: node.host,
  CCCI_ZONE: zone,
  CCCI_APP_LOCK_DIR: at("locks"),
  CCCI_RUNS_DIR: at("runs"),
  CCCI_RECIPES_DIR: at("operator"),
  CCCI_ABRA: whichAbra().path,
  CCCI_NODE_IMAGE: image,
  ABRA_DIR: at("abra"),
});

const run = (runId: string, node = two.manager): Started =>
  startProgram(["run", "box", "--src", source, "--stages", "install", "--run-id", runId], env(node), at("runs", runId));
const command = (...args: readonly string[]): Started => startProgram(args, env(two.manager), at("runs", "none"));
const recordOf = (runId: string): RunRecordFile => JSON.parse(readFileSync(at("runs", runId, "run.json"), "utf8")) as RunRecordFile;

/** The volumes and containers of a node that have this zone in their names. */
const left = (node: DockerNode): readonly string[] =>
  [...node.lines("volume", "ls", "--format", "{{.Name}}"), ...node.lines("ps", "--all", "--format", "{{.Names}}")].filter((name) =>
    name.includes("nodes_test"),
  );

/** The Swarm removes the last container of the run's own job once its service is gone. */
const jobIsGone = (): Promise<void> =>
  until("the Swarm has removed the job's container", () => !left(two.worker).some((name) => name.includes("_ccci-")), 20_000);

test("a run removes its volume on another node and spares somebody else's volume there", async () => {
  two.worker.docker("volume", "create", "--label", "com.docker.stack.namespace=other_nodes_example", "precious");
  const started = run("green");
  await until("the volume lies on the worker", () => left(two.worker).some((name) => name.endsWith("_data")), 60_000);
  await started.ended;
  expect(recordOf("green")).toMatchObject({ cleanliness: "clean", unasked: [] });
  expect(left(two.manager)).toEqual([]);
  await jobIsGone();
  expect(left(two.worker)).toEqual([]);
  expect(two.worker.lines("volume", "ls", "--quiet")).toContain("precious");
  expect(two.manager.lines("service", "ls", "--quiet")).toEqual([]);
  two.worker.docker("volume", "rm", "precious");
}, 120_000);

test("when a node goes down during a run, the run and the janitor call it unverified, and the janitor cleans the node when it is back", async () => {
  const started = run("silent");
  await until("the volume lies on the worker", () => left(two.worker).some((name) => name.endsWith("_data")), 60_000);
  await until(
    "both services run",
    () => two.manager.lines("service", "ls", "--format", "{{.Replicas}}").every((replicas) => replicas === "1/1"),
    60_000,
  );
  await two.worker.stop("SIGKILL");
  await until(
    "the Swarm knows that the worker is down",
    () => two.manager.lines("node", "ls", "--format", "{{.Hostname}} {{.Status}}").includes("worker Down"),
    60_000,
  );
  const { stdout } = await started.ended;
  expect(recordOf("silent")).toMatchObject({
    cleanliness: "unverified",
    unasked: [{ node: "worker", why: expect.stringContaining("it is down") as string }],
  });
  expect(stdout).toContain("NOT verified");

  const blind = await command("janitor").ended;
  expect(blind.stdout).toContain("not verified: worker");
  expect(blind.code).toBe(3);

  await two.worker.start();
  await until(
    "the worker is back",
    () => two.manager.lines("node", "ls", "--format", "{{.Hostname}} {{.Status}}").includes("worker Ready"),
    60_000,
  );
  expect(left(two.worker)).not.toEqual([]);
  for (const name of must("ls", [at("runs/apps")])
    .split("\n")
    .filter((name) => name.endsWith(".json"))) {
    const file = at("runs/apps", name);
    writeFileSync(file, JSON.stringify({ ...(JSON.parse(readFileSync(file, "utf8")) as object), nextTry: null }));
  }
  const seeing = await command("janitor").ended;
  await jobIsGone();
  expect([seeing.code, left(two.worker)]).toEqual([0, []]);
}, 180_000);

test("when a second host drives the same Swarm, its runs and janitor are refused until the operator lets it take over", async () => {
  two.manager.docker("node", "promote", "worker");
  await until("the worker is a manager", () => two.worker.docker("info", "--format", "{{.Swarm.ControlAvailable}}") === "true", 30_000);
  try {
    const refused = await run("second", two.worker).ended;
    expect(refused.stdout).toContain("another-host: this Swarm is driven by another host");
    expect(refused.code).toBe(69);
    const janitor = await startProgram(["janitor"], env(two.worker), at("runs", "none")).ended;
    expect(janitor.code).toBe(69);
    await startProgram(["doctor", "--take-over"], env(two.worker), at("runs", "none")).ended;
    expect((await startProgram(["janitor"], env(two.worker), at("runs", "none")).ended).code).toBe(0);
    expect((await command("janitor").ended).code).toBe(69);
  } finally {
    two.manager.docker("node", "demote", "worker");
    await command("doctor", "--take-over").ended;
  }
}, 120_000);
