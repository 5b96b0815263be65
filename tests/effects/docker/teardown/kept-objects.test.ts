import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createActor, toPromise } from "xstate";
import { expect, test } from "vitest";
import type { TeardownSettings } from "../../../../src/effects/docker/teardown/own-objects.js";
import { listResidue, removeObjects } from "../../../../src/effects/docker/teardown/teardown-ports.js";
import { Ledgers } from "../../../../src/effects/ledger/ledgers.js";
import { zoneOf } from "../../../../src/machines/names.js";
import { engineOn, startDaemon } from "../../../support/engine/daemon.js";
import { app } from "../../../support/explore/samples.js";
import { temporaryFolder, until } from "../../../support/processes.js";

const { domain, stack } = app;

/** The settings of a teardown that may remove everything with the app's name. It adds to `told` what docker refuses to remove. */
const settingsFor = (
  { socket }: { readonly socket: string },
  told: string[],
  serversDir = temporaryFolder(),
  onAwaited: TeardownSettings["onAwaited"] = () => undefined,
): TeardownSettings => {
  const ledgers = new Ledgers(() => undefined);
  ledgers.hold(domain, { claim: { kind: "adopted" }, runDir: null });
  return {
    engine: engineOn(socket),
    ledgers,
    serversDir,
    graces: new Map(),
    refusals: new Map(),
    onKept: (line) => void told.push(line),
    onAwaited,
  };
};

test("when docker refuses to remove a network to the end, the teardown says so once with docker's reason; a network that went later is not mentioned", async () => {
  const there = new Set(["n1", "n2"]);
  const refusals = { n1: 0, n2: 0 };
  const daemon = await startDaemon((request, answer) => {
    const { pathname } = new URL(request.url ?? "", "http://docker");
    if (request.method === "GET") {
      const networks = [...there].map((Id) => ({
        Id,
        Name: `${stack}_${Id}`,
        Labels: { "com.docker.stack.namespace": stack },
        Scope: "swarm",
      }));
      return void answer.end(
        JSON.stringify(pathname.endsWith("/networks") ? networks : pathname.endsWith("/volumes") ? { Volumes: [] } : []),
      );
    }
    const id = pathname.endsWith("n1") ? "n1" : "n2";
    refusals[id] += 1;
    if (id === "n1" || refusals.n2 === 1)
      return void answer.writeHead(403).end(JSON.stringify({ message: `network ${id} has active endpoints` }));
    there.delete(id);
    answer.writeHead(204).end();
  });
  const told: string[] = [];
  const settings = settingsFor(daemon, told);
  const removing = createActor(removeObjects(settings), { input: { domain, stack } }).start();
  await until("one network went, and docker refused the other again", () => !there.has("n2") && refusals.n1 > 2);
  removing.stop();
  expect(told).toEqual([]);
  const residue = await toPromise(createActor(listResidue(settings), { input: { domain, stack } }).start());
  expect(residue).toEqual([{ kind: "network", name: `${stack}_n1` }]);
  expect(told).toEqual([`the network ${stack}_n1 could not be removed: network n1 has active endpoints`]);
});

test("when a service of no run app uses a secret, the teardown gives the secret up once all else is gone, and keeps the .env", async () => {
  const networks = new Set(["n1"]);
  let tries = 0;
  const lists: Readonly<Record<string, () => unknown>> = {
    networks: () =>
      [...networks].map((Id) => ({ Id, Name: `${stack}_${Id}`, Labels: { "com.docker.stack.namespace": stack }, Scope: "swarm" })),
    secrets: () => [{ ID: "s1", Spec: { Name: `${stack}_token_v1`, Labels: { "com.docker.stack.namespace": stack } } }],
    services: () => [
      {
        ID: "other",
        Spec: { Name: "keeper", TaskTemplate: { ContainerSpec: { Secrets: [{ SecretID: "s1", SecretName: `${stack}_token_v1` }] } } },
      },
    ],
    volumes: () => ({ Volumes: [] }),
  };
  const daemon = await startDaemon((request, answer) => {
    const last = new URL(request.url ?? "", "http://docker").pathname.split("/").at(-1) ?? "";
    if (request.method === "GET") return void answer.end(JSON.stringify(lists[last]?.() ?? []));
    if (last === "s1")
      return void answer.writeHead(400).end(JSON.stringify({ message: "secret is in use by the following service: keeper" }));
    tries += 1;
    if (tries < 3) return void answer.writeHead(403).end(JSON.stringify({ message: "network is in use by task t1" }));
    networks.clear();
    answer.writeHead(204).end();
  });
  const serversDir = temporaryFolder();
  const env = join(serversDir, "default", `${domain}.env`);
  mkdirSync(join(serversDir, "default"));
  writeFileSync(env, "");
  const told: string[] = [];
  const settings = settingsFor(daemon, told, serversDir);
  await toPromise(createActor(removeObjects(settings), { input: { domain, stack } }).start());
  expect([...networks]).toEqual([]);
  const residue = await toPromise(createActor(listResidue(settings), { input: { domain, stack } }).start());
  expect(residue).toEqual([
    { kind: "secret", name: `${stack}_token_v1` },
    { kind: "env", name: env },
  ]);
  expect(told).toEqual([`the secret ${stack}_token_v1 could not be removed: secret is in use by the following service: keeper`]);
});

test("when a service of another run app uses a secret, the teardown waits, because that app's own teardown may remove the service", async () => {
  const there = new Set(["s1", "other"]);
  const depStack = `dep-0a1b2c_${zoneOf(domain).replaceAll(".", "_")}`;
  let refused = 0;
  const daemon = await startDaemon((request, answer) => {
    const last = new URL(request.url ?? "", "http://docker").pathname.split("/").at(-1) ?? "";
    const lists: Readonly<Record<string, unknown>> = {
      secrets: there.has("s1") ? [{ ID: "s1", Spec: { Name: `${stack}_token_v1`, Labels: { "com.docker.stack.namespace": stack } } }] : [],
      services: there.has("other")
        ? [
            {
              ID: "other",
              Spec: {
                Name: "its_web",
                Labels: { "com.docker.stack.namespace": depStack },
                TaskTemplate: { ContainerSpec: { Secrets: [{ SecretID: "s1", SecretName: `${stack}_token_v1` }] } },
              },
            },
          ]
        : [],
      volumes: { Volumes: [] },
    };
    if (request.method === "GET") return void answer.end(JSON.stringify(lists[last] ?? []));
    if (there.has("other")) {
      refused += 1;
      if (refused === 3) there.delete("other");
      return void answer.writeHead(400).end(JSON.stringify({ message: "secret is in use by the following service: its_web" }));
    }
    there.delete("s1");
    answer.writeHead(204).end();
  });
  const settings = settingsFor(daemon, []);
  await toPromise(createActor(removeObjects(settings), { input: { domain, stack } }).start());
  expect({ there: [...there], refused }).toEqual({ there: [], refused: 3 });
});

test("when the servers folder cannot be read, the teardown still removes docker's objects and reports that it could not look for the .env", async () => {
  const there = new Set(["v1"]);
  const daemon = await startDaemon((request, answer) => {
    const { pathname } = new URL(request.url ?? "", "http://docker");
    if (request.method === "DELETE") {
      there.clear();
      return void answer.writeHead(204).end();
    }
    const Volumes = [...there].map(() => ({ Name: `${stack}_data`, Labels: { "com.docker.stack.namespace": stack } }));
    answer.end(JSON.stringify(pathname.endsWith("/volumes") ? { Volumes } : []));
  });
  const serversDir = join(temporaryFolder(), "servers");
  writeFileSync(serversDir, "no folder");
  const told: string[] = [];
  const settings = settingsFor(daemon, told, serversDir);
  await toPromise(createActor(removeObjects(settings), { input: { domain, stack } }).start());
  expect([...there]).toEqual([]);
  const residue = await toPromise(createActor(listResidue(settings), { input: { domain, stack } }).start());
  expect(residue).toEqual([{ kind: "env", name: `${domain}.env (could not be looked for)` }]);
  expect(told).toEqual([expect.stringContaining(serversDir)]);
});

test("what keeps a volume is said while it is waited for, by the name of the container that uses it, and no longer once it is gone", async () => {
  const containers = new Set(["c9"]);
  const volume = { Name: `${stack}_data`, Labels: { "com.docker.stack.namespace": stack } };
  let volumes = [volume];
  const daemon = await startDaemon((request, answer) => {
    const { pathname } = new URL(request.url ?? "", "http://docker");
    if (request.method === "GET") {
      const users = [...containers].map((Id) => ({
        Id,
        Names: ["/dump-of-night"],
        State: "running",
        Labels: {},
        Mounts: [{ Type: "volume", Name: volume.Name }],
      }));
      return void answer.end(
        JSON.stringify(pathname.endsWith("/containers/json") ? users : pathname.endsWith("/volumes") ? { Volumes: volumes } : []),
      );
    }
    if (containers.size > 0) return void answer.writeHead(409).end(JSON.stringify({ message: "volume is in use - [c9]" }));
    volumes = [];
    answer.writeHead(204).end();
  });
  const awaited: (string | null)[] = [];
  const settings = settingsFor(daemon, [], temporaryFolder(), (line) => void awaited.push(line));
  const removing = createActor(removeObjects(settings), { input: { domain, stack } }).start();
  await until("it says what it waits for", () => awaited.includes(`the volume ${stack}_data is used by the container dump-of-night`));
  containers.clear();
  await toPromise(removing);
  expect(awaited.at(-1)).toBeNull();
});
