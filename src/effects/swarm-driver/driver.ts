import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { RunError } from "../../machines/errors.js";
import type { Engine } from "../docker/engine.js";
import { isRefused } from "../docker/engine-errors.js";
import type { Info } from "../docker/engine-schema.js";
import { bestEffort } from "../record/best-effort.js";
import { sha256 } from "../sha256.js";

/** Labels in the Swarm's own specification: they belong to no app, are in no listing, and can only be changed with its current version. */
const idLabel = "recipe-ci.host.id";
const nameLabel = "recipe-ci.host.name";

type Labels = Readonly<Record<string, string>>;

/** The answer of `/swarm`. The specification is sent back unchanged except for its labels. */
interface Swarm {
  readonly Version: { readonly Index: number };
  readonly Spec: { readonly Labels?: Labels | null };
}

interface Driver {
  readonly id: string;
  readonly name: string;
}

/** What identifies a host: it survives reboots, but not a reinstallation. */
const machine = (): string => bestEffort(() => readFileSync("/etc/machine-id", "utf8").trim()) || hostname();

/**
 * This host as a driver of the Swarm. Each host has its own locks, so the runs of two hosts do not exclude each other.
 *
 * It includes the node, because a copied machine has the machine-id of its original.
 */
const self = async (engine: Engine, signal?: AbortSignal): Promise<Driver> => {
  const { Swarm } = await engine.json<Info>("GET", "/info", signal === undefined ? {} : { signal });
  const digest = sha256(machine()).slice(0, 16);
  return { id: `${digest}:${Swarm?.NodeID ?? ""}`, name: hostname() };
};

const driverIn = ({ Spec }: Swarm): Driver | null => {
  const id = Spec.Labels?.[idLabel];
  return id === undefined ? null : { id, name: Spec.Labels?.[nameLabel] ?? "another host" };
};

const drivenByAnother = (driver: Driver, own: Driver): RunError =>
  new RunError("another-host", `this Swarm is driven by another host, ${driver.name}; this one is ${own.name}`, {
    hint: `A lock ends at its machine, so one host alone may run recipes on a Swarm. If ${driver.name} does so no more: recipe-ci doctor --take-over`,
  });

/** A try fails only if somebody changed the Swarm's specification meanwhile, which is rare. */
const triesMax = 10;

const write = async (engine: Engine, { Version, Spec }: Swarm, own: Driver, signal?: AbortSignal): Promise<void> => {
  const body = { ...Spec, Labels: { ...Spec.Labels, [idLabel]: own.id, [nameLabel]: own.name } };
  await engine.json("POST", "/swarm/update", { query: { version: Version.Index }, body, ...(signal === undefined ? {} : { signal }) });
};

interface Claiming {
  /** Claims the Swarm if nobody drives it. */
  readonly claims: boolean;
  /** Claims the Swarm whoever drives it, because the operator said so. */
  readonly takesOver?: boolean;
}

/** Checks that no other host drives this Swarm, and claims it if asked to. Throws `another-host`, exit code 69. */
export const assertDriver = async (engine: Engine, { claims, takesOver = false }: Claiming, signal?: AbortSignal): Promise<void> => {
  const own = await self(engine, signal);
  for (let tried = 1; ; tried += 1) {
    const swarm = await engine.json<Swarm>("GET", "/swarm", signal === undefined ? {} : { signal });
    const driver = driverIn(swarm);
    if (driver?.id === own.id || (driver === null && !claims)) return;
    if (driver !== null && !takesOver) throw drivenByAnother(driver, own);
    try {
      return await write(engine, swarm, own, signal);
    } catch (error) {
      // The specification has changed since we read it, and whoever changed it may have claimed the Swarm.
      if (!isRefused(error) || tried === triesMax) throw error;
    }
  }
};
