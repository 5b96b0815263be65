import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { RunError } from "../../machines/errors.js";
import type { Engine } from "../docker/engine.js";
import { isRefused } from "../docker/engine-errors.js";
import type { Info } from "../docker/engine-schema.js";
import { bestEffort } from "../record/best-effort.js";
import { sha256 } from "../sha256.js";

/** Labels of the Swarm's own specification: nobody's app, in no listing, and changed by comparison with its version. */
const idLabel = "recipe-ci.host.id";
const nameLabel = "recipe-ci.host.name";

type Labels = Readonly<Record<string, string>>;

/** `/swarm`: the specification goes back as it came, but for its labels. */
interface Swarm {
  readonly Version: { readonly Index: number };
  readonly Spec: { readonly Labels?: Labels | null };
}

export interface Driver {
  readonly id: string;
  readonly name: string;
}

/** What a host is known by where nobody gave it a name: it survives reboots, and no reinstallation. */
const machine = (): string => bestEffort(() => readFileSync("/etc/machine-id", "utf8").trim()) || hostname();

/**
 * This host, as it drives the Swarm by this docker: its locks are its own, so two of them do not exclude each other.
 *
 * The node is a part of it: a copied machine has the machine-id of its original.
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

/** Each try loses against somebody who changed the Swarm's specification meanwhile, and that is rare. */
const triesMax = 10;

const write = async (engine: Engine, { Version, Spec }: Swarm, own: Driver, signal?: AbortSignal): Promise<void> => {
  const body = { ...Spec, Labels: { ...Spec.Labels, [idLabel]: own.id, [nameLabel]: own.name } };
  await engine.json("POST", "/swarm/update", { query: { version: Version.Index }, body, ...(signal === undefined ? {} : { signal }) });
};

export interface Claiming {
  /** Writes ourselves down where nobody is. */
  readonly claims: boolean;
  /** Writes ourselves down whoever is there: the operator said so. */
  readonly takesOver?: boolean;
}

/** Who drives this Swarm, and who we are; afterwards, if we claim. Throws `another-host`, exit code 69. */
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
      // The version that we have read is no more: whoever changed it may have claimed the Swarm.
      if (!isRefused(error) || tried === triesMax) throw error;
    }
  }
};
