import { randomBytes } from "node:crypto";
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sandboxRoot } from "../shared/faults.js";

export type Labels = Readonly<Record<string, string>>;

export interface NamedThing {
  readonly id: string;
  readonly name: string;
  readonly labels: Labels;
}

export interface ServiceSpec extends NamedThing {
  readonly stack: string;
  readonly image: string;
  readonly env: Readonly<Record<string, string>>;
  readonly replicas: number;
  readonly command: readonly string[] | null;
  readonly health: { readonly test: readonly string[]; readonly intervalMs: number; readonly timeoutMs: number; readonly retries: number; readonly startMs: number } | null;
  /** Volume name → path in the container. The node makes a volume when a task first wants it, not the deploy. */
  readonly volumes: Readonly<Record<string, string>>;
  /** Secret or config name → path in the container. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly configs: Readonly<Record<string, string>>;
  readonly networks: readonly string[];
  readonly targetPorts: readonly number[];
  /** Of those, what the host gets a port for. */
  readonly published: readonly number[];
  readonly graceMs: number;
  readonly update: { readonly startFirst: boolean; readonly parallelism: number; readonly monitorMs: number };
  readonly restart: { readonly condition: "none" | "on-failure" | "any"; readonly delayMs: number; readonly attempts: number };
  readonly containerLabels: Labels;
  /** Goes up with every update. */
  readonly version: number;
}

export interface UpdateStatus {
  /** The spec that this update leads to: it is written before the spec is. */
  readonly version: number;
  readonly State: "updating" | "completed" | "paused";
  readonly StartedAt: string;
  readonly CompletedAt?: string;
  readonly Message?: string;
}

export interface Container extends NamedThing {
  readonly service: string;
  /** A service that is removed and made again under its name is another one. */
  readonly serviceId: string;
  readonly stack: string;
  readonly image: string;
  readonly slot: number;
  readonly version: number;
  readonly pid: number | null;
  readonly state: "starting" | "running" | "exited";
  readonly desired: "Running" | "Shutdown";
  readonly error: string | null;
  readonly exitCode: number | null;
  readonly ports: Readonly<Record<string, number>>;
  readonly volumes: readonly string[];
  readonly networks: readonly string[];
  /** When it was made, and when its state was last changed: ms since the epoch. */
  readonly startedAt: number;
  readonly since: number;
  /** The task's history is kept; the container itself goes at this moment, ms since the epoch. */
  readonly removeAt: number | null;
}

export const worldPath = (...parts: readonly string[]): string => join(sandboxRoot(), "world", ...parts);

export const newId = (): string => randomBytes(13).toString("hex").slice(0, 25);

const fileOf = (kind: Kind, name: string): string => join(folder(kind), `${encodeURIComponent(name)}.json`);

export const kinds = ["services", "containers", "volumes", "secrets", "configs", "networks", "updates", "keepers", "tasks"] as const;
export type Kind = (typeof kinds)[number];

const folder = (kind: Kind): string => join(sandboxRoot(), "world", kind);

/** Once for each call of the command. A keeper never does it: a world that was deleted must not come back by its hand. */
export const makeWorld = (): void => {
  for (const kind of kinds) mkdirSync(folder(kind), { recursive: true });
  for (const data of ["volume-data", "secret-data", "config-data", "logs", "rootfs", "ports", "tmp"]) mkdirSync(worldPath(data), { recursive: true });
};

/** In a folder of its own: a killed writer's half file must not look like a thing of that name. */
const writeBeside = (thing: object): string => {
  const beside = worldPath("tmp", newId());
  writeFileSync(beside, JSON.stringify(thing));
  return beside;
};

/** Replaces a thing's file as a whole, so that no reader sees half of it and no kill leaves half of it. */
export const put = (kind: Kind, name: string, thing: object): void => renameSync(writeBeside(thing), fileOf(kind, name));

/** The same for a name that must be free. False when it is not: of two at once, one gets it. */
export const claim = (kind: Kind, name: string, thing: object): boolean => {
  const beside = writeBeside(thing);
  try {
    linkSync(beside, fileOf(kind, name));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(beside, { force: true });
  }
};

export const get = <T>(kind: Kind, name: string): T | null => {
  try {
    return JSON.parse(readFileSync(fileOf(kind, name), "utf8")) as T;
  } catch {
    return null; // Not there, or removed this moment.
  }
};

export const drop = (kind: Kind, name: string): boolean => {
  const there = existsSync(fileOf(kind, name));
  rmSync(fileOf(kind, name), { force: true });
  return there;
};

export const all = <T>(kind: Kind): readonly T[] => {
  if (!existsSync(folder(kind))) return [];
  return readdirSync(folder(kind))
    .filter((name) => name.endsWith(".json"))
    .sort()
    .flatMap((name) => get<T>(kind, decodeURIComponent(name.slice(0, -".json".length))) ?? []);
};

export const killGroup = (pid: number | null, signal: NodeJS.Signals): void => {
  if (pid === null) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // The group is gone.
  }
};
