import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fromPromise } from "xstate";
import { RunError } from "../../machines/errors.js";
import type { TeardownPorts } from "../../machines/teardown/teardown.ports.js";
import type { TeardownTarget } from "../../machines/teardown/teardown.types.js";
import type { Residue } from "../../machines/vocabulary.js";
import type { Engine, QueryValue } from "./engine.js";
import { isPassing, isRefused, noSwarm } from "./engine-errors.js";
import type { Info } from "./engine-schema.js";
import { everyKind, type ObjectKind, type SwarmObject } from "./list-objects.js";
import { objectsOfStack } from "./objects-of-app.js";

/** Every server's folder may hold the app's .env: CCCI_SERVER may have changed since it was written. */
export const envFilesOf = (serversDir: string, domain: string): readonly string[] => {
  try {
    return readdirSync(serversDir).map((server) => join(serversDir, server, `${domain}.env`));
  } catch {
    return []; // No servers, no .env files.
  }
};

interface Removal {
  readonly kind: ObjectKind;
  readonly path: string;
  readonly query?: Readonly<Record<string, QueryValue>>;
}

/** In this order: a service holds its secrets, a container its volumes and networks. */
const removals: readonly Removal[] = [
  { kind: "service", path: "/services" },
  // With the volumes that only it knows; a named one stays.
  { kind: "container", path: "/containers", query: { force: true, v: true } },
  { kind: "network", path: "/networks" },
  { kind: "volume", path: "/volumes" },
  { kind: "secret", path: "/secrets" },
  { kind: "config", path: "/configs" },
];

/** What makes a stack, and what `docker stack rm` removes of it. */
const ofStackItself = new Set<ObjectKind>(["service", "secret", "config", "network"]);

const lingering = new Set<ObjectKind>(["service", "container", "network"]);
const betweenLooksMs = 250;
const betweenTriesMs = 500;

/** Asks docker until it answers, or until it is aborted: a teardown must outlast a restart of the daemon. */
const insist = async <T>(ask: () => Promise<T>, signal: AbortSignal): Promise<T> => {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (signal.aborted || !isPassing(error)) throw error;
      await pause(betweenTriesMs, undefined, { signal });
    }
  }
};

/** Removes one object, by its id: its name may be another's by now. A refusal is not believed: the next look tells what is left. */
const removeObject = async (engine: Engine, { path, query = {} }: Removal, { id }: SwarmObject, signal: AbortSignal): Promise<void> => {
  try {
    await engine.json("DELETE", `${path}/${encodeURIComponent(id)}`, { query, signal });
  } catch (error) {
    if (!isRefused(error)) throw error;
  }
};

/** Removes what is listed, kind by kind. */
const removeOnce = async (engine: Engine, objects: readonly SwarmObject[], signal: AbortSignal): Promise<void> => {
  for (const removal of removals) {
    const own = objects.filter(({ kind }) => kind === removal.kind);
    await Promise.all(own.map((object) => insist(() => removeObject(engine, removal, object, signal), signal)));
  }
};

const removeAll = async (engine: Engine, { stack }: TeardownTarget, signal: AbortSignal, kinds = everyKind): Promise<void> => {
  for (;;) {
    const left = await insist(() => objectsOfStack(engine, stack, signal, kinds), signal);
    if (left.length === 0) return;
    await removeOnce(engine, left, signal);
    await pause(betweenTriesMs, undefined, { signal });
  }
};

const unlinkEnv = (serversDir: string, domain: string): void => {
  for (const file of envFilesOf(serversDir, domain)) rmSync(file, { force: true });
};

/** What `docker stack rm` does: the services, secrets, configs and networks, once. Volumes and containers have their own steps. */
export const removeStack = (engine: Engine): TeardownPorts["removeStack"] =>
  fromPromise(async ({ input, signal }) => {
    const objects = await insist(() => objectsOfStack(engine, input.stack, signal, ofStackItself), signal);
    await removeOnce(engine, objects.filter(({ stackLabel }) => stackLabel !== null), signal);
  });

/** The Swarm takes a removed service off its list at once, whatever its containers do: one that stays was not removed. */
const servicesGoWithinMs = 5_000;

/**
 * Resolves once no service, container or network of the stack is listed; asks until then, or until it is aborted.
 * Rejects with `still-deployed` when a service stays: whoever said that it had removed the stack has not.
 */
export const waitGone = (engine: Engine): TeardownPorts["waitGone"] =>
  fromPromise(async ({ input, signal }) => {
    const since = performance.now();
    for (;;) {
      const left = await insist(() => objectsOfStack(engine, input.stack, signal, lingering), signal);
      if (left.length === 0) return;
      const service = left.find(({ kind }) => kind === "service");
      if (service !== undefined && performance.now() - since > servicesGoWithinMs) {
        throw new RunError("still-deployed", `the service ${service.name} is still there`, { hint: "docker stack rm removes it; the run does so next.", exitCode: 1 });
      }
      await pause(betweenLooksMs, undefined, { signal });
    }
  });

/** Everything of the app that is still there, and its .env last: without it abra would not know the app any more. */
export const removeLeftovers = (engine: Engine, serversDir: string): TeardownPorts["removeLeftovers"] =>
  fromPromise(async ({ input, signal }) => {
    await removeAll(engine, input, signal);
    unlinkEnv(serversDir, input.domain);
  });

/** What carries the app's name, on the Swarm and among the .env files. */
export const residueOf = async (engine: Engine, serversDir: string, target: TeardownTarget, signal?: AbortSignal): Promise<readonly Residue[]> => [
  ...(await objectsOfStack(engine, target.stack, signal)).map(({ kind, name }) => ({ kind, name })),
  ...envFilesOf(serversDir, target.domain).filter((file) => existsSync(file)).map((name) => ({ kind: "env" as const, name })),
];

export const listResidue = (engine: Engine, serversDir: string): TeardownPorts["listResidue"] =>
  fromPromise(({ input, signal }) => insist(() => residueOf(engine, serversDir, input, signal), signal));

/** A docker that cannot even be asked: the caller may want to say so before it begins. Rejects with a named failure. */
export const assertSwarm = async (engine: Engine, signal?: AbortSignal): Promise<void> => {
  const { Swarm } = await engine.json<Info>("GET", "/info", signal === undefined ? {} : { signal });
  if (Swarm?.LocalNodeState === "active" && Swarm.ControlAvailable === true) return;
  throw noSwarm(`the node is ${Swarm?.LocalNodeState ?? "not"} in a Swarm${Swarm?.LocalNodeState === "active" ? ", as a worker" : ""}`);
};
