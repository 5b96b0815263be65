import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fromPromise } from "xstate";
import { RunError } from "../../machines/errors.js";
import type { TeardownPorts } from "../../machines/teardown/teardown.ports.js";
import type { TeardownTarget } from "../../machines/teardown/teardown.types.js";
import type { Residue } from "../../machines/vocabulary.js";
import type { Docker } from "./docker.js";
import type { ObjectKind, SwarmObject } from "./list-objects.js";
import { objectsOfStack } from "./objects-of-app.js";

/** Every server's folder may hold the app's .env: CCCI_SERVER may have changed since it was written. */
export const envFilesOf = (serversDir: string, domain: string): readonly string[] => {
  try {
    return readdirSync(serversDir).map((server) => join(serversDir, server, `${domain}.env`));
  } catch {
    return []; // No servers, no .env files.
  }
};

/** In this order: a service holds its secrets, a container its volumes and networks. */
const removals: readonly { readonly kind: ObjectKind; readonly args: readonly string[] }[] = [
  { kind: "service", args: ["service", "rm"] },
  { kind: "container", args: ["container", "rm", "--force"] },
  { kind: "network", args: ["network", "rm"] },
  { kind: "volume", args: ["volume", "rm"] },
  { kind: "secret", args: ["secret", "rm"] },
  { kind: "config", args: ["config", "rm"] },
];

const lingering = new Set<ObjectKind>(["service", "container", "network"]);
const betweenLooksMs = 250;
const betweenTriesMs = 500;

/** What a daemon that restarts, or is under load, answers; and what is asked again until the chart's budget is over. */
const passing = new Set(["docker-unreachable", "docker-hung", "docker-failed", "docker-garbage"]);
const isPassing = (error: unknown): boolean => error instanceof RunError && passing.has(error.code);

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

/** A container is known by its id: its name is the task's and may be another's by now. */
const handle = (object: SwarmObject): string => (object.kind === "container" || object.kind === "network" ? object.id : object.name);

/** Removes what is listed, kind by kind. Refusals are not believed either way: the next look tells what is left. */
const removeOnce = async (docker: Docker, objects: readonly SwarmObject[], signal: AbortSignal): Promise<void> => {
  for (const { kind, args } of removals) {
    const handles = objects.filter((object) => object.kind === kind).map(handle);
    if (handles.length > 0) await insist(() => docker.run([...args, ...handles], signal), signal);
  }
};

const removeAll = async (docker: Docker, { stack }: TeardownTarget, signal: AbortSignal): Promise<void> => {
  for (;;) {
    const left = await insist(() => objectsOfStack(docker, stack, signal), signal);
    if (left.length === 0) return;
    await removeOnce(docker, left, signal);
    await pause(betweenTriesMs, undefined, { signal });
  }
};

const unlinkEnv = (serversDir: string, domain: string): void => {
  for (const file of envFilesOf(serversDir, domain)) rmSync(file, { force: true });
};

/** Only the stack's services and networks, by docker; volumes and the rest have their own steps. */
export const removeStack = (docker: Docker): TeardownPorts["removeStack"] =>
  fromPromise(async ({ input, signal }) => {
    await insist(() => docker.run(["stack", "rm", input.stack], signal), signal);
  });

/** The Swarm takes a removed service off its list at once, whatever its containers do: one that stays was not removed. */
const servicesGoWithinMs = 5_000;

/**
 * Resolves once no service, container or network of the stack is listed; asks until then, or until it is aborted.
 * Rejects with `still-deployed` when a service stays: whoever said that it had removed the stack has not.
 */
export const waitGone = (docker: Docker): TeardownPorts["waitGone"] =>
  fromPromise(async ({ input, signal }) => {
    const since = performance.now();
    for (;;) {
      const left = await insist(() => objectsOfStack(docker, input.stack, signal, lingering), signal);
      if (left.length === 0) return;
      const service = left.find(({ kind }) => kind === "service");
      if (service !== undefined && performance.now() - since > servicesGoWithinMs) {
        throw new RunError("still-deployed", `the service ${service.name} is still there`, { hint: "docker stack rm removes it; the run does so next.", exitCode: 1 });
      }
      await pause(betweenLooksMs, undefined, { signal });
    }
  });

/** Everything of the app that is still there, and its .env last: without it abra would not know the app any more. */
export const removeLeftovers = (docker: Docker, serversDir: string): TeardownPorts["removeLeftovers"] =>
  fromPromise(async ({ input, signal }) => {
    await removeAll(docker, input, signal);
    unlinkEnv(serversDir, input.domain);
  });

/** What carries the app's name, on the Swarm and among the .env files. */
export const residueOf = async (docker: Docker, serversDir: string, target: TeardownTarget, signal?: AbortSignal): Promise<readonly Residue[]> => [
  ...(await objectsOfStack(docker, target.stack, signal)).map(({ kind, name }) => ({ kind, name })),
  ...envFilesOf(serversDir, target.domain).filter((file) => existsSync(file)).map((name) => ({ kind: "env" as const, name })),
];

export const listResidue = (docker: Docker, serversDir: string): TeardownPorts["listResidue"] =>
  fromPromise(({ input, signal }) => insist(() => residueOf(docker, serversDir, input, signal), signal));

/** A docker that cannot even be asked: the caller may want to say so before it begins. Rejects with a named failure. */
export const assertSwarm = async (docker: Docker, signal?: AbortSignal): Promise<void> => {
  const [info] = await docker.lines(["info", "--format", "{{json .}}"], signal);
  const swarm = info?.["Swarm"] as { LocalNodeState?: string; ControlAvailable?: boolean } | undefined;
  if (swarm?.LocalNodeState === "active" && swarm.ControlAvailable === true) return;
  throw new RunError("no-swarm", `this node is ${swarm?.LocalNodeState ?? "not"} in a Swarm, or no manager of it`, {
    hint: "docker swarm init --advertise-addr 127.0.0.1; then: recipe-ci doctor",
    exitCode: 69,
  });
};
