import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createActor, toPromise, type PromiseActorLogic } from "xstate";
import { createChildRegistry } from "../../src/effects/children/registry.js";
import { createConnection } from "../../src/effects/docker/connection.js";
import { resolveEndpoint } from "../../src/effects/docker/endpoint.js";
import { createEngine, type Engine } from "../../src/effects/docker/engine.js";
import { listResidue, removeObjects, removeServices, takeStock, waitGone } from "../../src/effects/docker/teardown/teardown-ports.js";
import { createSigns } from "../../src/effects/ledger/find-claim.js";
import { findRemains } from "../../src/effects/ledger/find-remains.js";
import { Ledgers } from "../../src/effects/ledger/ledgers.js";
import { blankCard } from "../../src/effects/lock/card.js";
import type { TeardownTarget } from "../../src/machines/teardown/teardown.types.js";
import type { Domain, LockCard, StackName } from "../../src/machines/vocabulary.js";
import { ask, must } from "../support/children.js";
import { until } from "../support/processes.js";
import { removeStacks } from "../support/swarm/remove-stacks.js";

const image = "local/ledger-test:1";
const zone = `l${process.pid}.test`;
const mark = `l${process.pid}`;
const target: TeardownTarget = { domain: `note-0a1b2c.${zone}` as Domain, stack: `note-0a1b2c_${zone.replace(".", "_")}` as StackName };

const docker = (...args: readonly string[]): string => must("docker", args).trim();

let root: string;
let engine: Engine;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "recipe-ci-ledger-"));
  for (const folder of ["runs/first", "runs/second", "servers/default", "image"]) mkdirSync(join(root, folder), { recursive: true });
  const scope = createChildRegistry().scope("work");
  engine = createEngine(
    createConnection({
      endpoint: resolveEndpoint({ docker: "docker", sandbox: null, env: process.env }),
      scope,
      env: () => ({}),
      cwd: "/",
    }),
  );
  writeFileSync(join(root, "image", "Dockerfile"), "FROM local/echo-app:1.0.0\nVOLUME /data\n");
  must("docker", ["build", "--quiet", "--tag", image, join(root, "image")], { env: { ...process.env, DOCKER_BUILDKIT: "0" } });
});
afterEach(async () => {
  engine.close();
  await removeStacks([target.stack]);
  for (const kind of ["config", "volume"]) ask("docker", [kind, "rm", `${mark}_precious`]);
  ask("docker", ["image", "rm", image]);
  rmSync(root, { recursive: true, force: true });
});

const port = <Output>(logic: PromiseActorLogic<Output, TeardownTarget>): Promise<Output> =>
  toPromise(createActor(logic, { input: target }).start());
const settingsOf = (ledgers: Ledgers) => ({
  engine,
  ledgers,
  serversDir: join(root, "servers"),
  graces: new Map<string, number>(),
  refusals: new Map<string, string>(),
  onKept: () => undefined,
  onAwaited: () => undefined,
});
const remains = (ledgers: Ledgers, runId: string, previous: LockCard | null = null) =>
  toPromise(
    createActor(
      findRemains({
        engine,
        ledgers,
        runsDir: join(root, "runs"),
        serversDir: join(root, "servers"),
        runDir: join(root, "runs", runId),
        hasFolder: () => true,
        cookiesOf: async () => [],
        nodes: async () => [],
      }),
      { input: { ...target, previous } },
    ).start(),
  );

/** A stack as abra makes it: a service with an underscore in its name and a volume that its image asks for. */
const deploy = async (): Promise<readonly string[]> => {
  const compose = join(root, "compose.yml");
  writeFileSync(
    compose,
    `version: "3.8"\nservices:\n  side_car:\n    image: ${image}\n    stop_grace_period: 1s\n    volumes: ["data:/named"]\n    deploy: { endpoint_mode: dnsrr }\nvolumes: { data: {} }\n`,
  );
  docker("stack", "deploy", "--compose-file", compose, target.stack);
  docker("secret", "create", `${target.stack}_db_v1`, compose);
  writeFileSync(join(root, "servers/default", `${target.domain}.env`), "# recipe-ci run first\n");
  const containers = (): string => docker("ps", "--quiet", "--filter", `label=com.docker.stack.namespace=${target.stack}`);
  await until("the container runs", () => containers() !== "", 60_000);
  return docker("inspect", "--format", "{{range .Mounts}}{{.Name}} {{end}}", containers())
    .split(" ")
    .filter((name) => name !== "");
};

const tearDown = async (ledgers: Ledgers): Promise<void> => {
  const settings = settingsOf(ledgers);
  await port(takeStock(settings));
  await port(removeServices(settings));
  await port(waitGone(settings));
  await port(removeObjects(settings));
};

test("the teardown removes all that the run made, even an anonymous volume, and spares a config that got the run's label later", async () => {
  docker("config", "create", `${mark}_precious`, "/etc/hostname");
  docker("volume", "create", `${mark}_precious`);
  const ledgers = new Ledgers((error) => {
    throw error;
  });
  expect(await remains(ledgers, "first")).toEqual({ residue: [], unclaimed: [], cookies: [] });
  const volumes = await deploy();
  expect(volumes).toHaveLength(2);

  const { ID, Version, Spec } = await engine.json<{ ID: string; Version: { Index: number }; Spec: object }>(
    "GET",
    `/configs/${mark}_precious`,
  );
  await engine.json("POST", `/configs/${ID}/update`, {
    query: { version: Version.Index },
    body: { ...Spec, Labels: { "com.docker.stack.namespace": target.stack } },
  });

  expect(await port(takeStock(settingsOf(ledgers)))).toEqual({ isDeployed: true, hasStrangers: true });
  await tearDown(ledgers);
  expect(await port(listResidue(settingsOf(ledgers)))).toEqual([]);
  expect(docker("config", "ls", "--format", "{{.Name}}", "--filter", `name=${mark}_precious`)).toBe(`${mark}_precious`);
  const left = docker("volume", "ls", "--quiet").split("\n");
  expect(left).toContain(`${mark}_precious`);
  expect(left.filter((name) => volumes.includes(name))).toEqual([]);
  expect(existsSync(join(root, "servers/default", `${target.domain}.env`))).toBe(false);
}, 120_000);

test("when a run was killed, the next run takes over its ledger and removes its objects, and no run claims the app any more", async () => {
  await remains(new Ledgers(() => undefined), "first");
  await deploy();
  const card = { ...blankCard, runId: "first", runDir: join(root, "runs/first") };
  const second = new Ledgers(() => undefined);
  const { residue, unclaimed } = await remains(second, "second", card);
  expect(unclaimed).toEqual([]);
  expect(residue.map(({ kind }) => kind).sort()).toEqual(
    expect.arrayContaining(["container", "env", "network", "secret", "service", "volume"]),
  );
  await tearDown(second);
  expect(await port(listResidue(settingsOf(second)))).toEqual([]);
  second.close(target.domain);
  const signs = createSigns({ runsDir: join(root, "runs"), serversDir: join(root, "servers") });
  for (const runId of ["first", "second"])
    expect(signs.claimOf(target.domain, { ...card, runId, runDir: join(root, "runs", runId) }).claim.kind).toBe("none");
}, 120_000);

test("when no run made a stack with a run's name, the run that finds it removes nothing until the operator adopts it", async () => {
  await deploy();
  rmSync(join(root, "servers/default", `${target.domain}.env`));
  const ledgers = new Ledgers(() => undefined);
  const { residue, unclaimed } = await remains(ledgers, "first");
  expect(residue).toEqual([]);
  expect(unclaimed.map(({ kind }) => kind)).toEqual(expect.arrayContaining(["service", "container", "volume", "secret"]));
  await tearDown(ledgers);
  expect(docker("service", "ls", "--format", "{{.Name}}")).toContain(`${target.stack}_side_car`);

  ledgers.hold(target.domain, { claim: { kind: "adopted" }, runDir: null });
  await tearDown(ledgers);
  expect(await port(listResidue(settingsOf(ledgers)))).toEqual([]);
}, 120_000);
