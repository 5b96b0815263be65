import { rmSync } from "node:fs";
import { daemon, refuse } from "./fail.js";
import { containers, forget, networks } from "./containers.js";
import { all, drop, get, killGroup, put, worldPath, type NamedThing, type ServiceSpec } from "./world.js";

/** Several names at once, as the client does it: each on its own, and a failure of any makes the exit code 1. */
export const each = (names: readonly string[], remove: (name: string) => void): void => {
  const refused: string[] = [];
  for (const name of names) {
    try {
      remove(name);
      process.stdout.write(`${name}\n`);
    } catch (error) {
      refused.push(error instanceof Error ? error.message : String(error));
    }
  }
  if (refused.length === 0) return;
  process.stderr.write(`${refused.join("\n")}\n`);
  process.exit(1);
};

export const removeService = (name: string): void => {
  if (!drop("services", name)) daemon(`service ${name} not found`);
};

/** A living one is its keeper's to bring back, as the Swarm's. */
export const removeContainer = (name: string, isForced: boolean): void => {
  const container = containers().find((one) => one.id.startsWith(name) || one.name === name);
  if (container === undefined) {
    const text = `Error response from daemon: No such container: ${name}`;
    if (!isForced) refuse(text);
    // By force, "not there" is as good as removed: said, and no failure.
    else process.stderr.write(`${text}\n`);
    return;
  }
  if (container.state !== "exited" && !isForced) {
    daemon(`cannot remove container "/${container.name}": container is running: stop the container before removing or force remove`);
  }
  killGroup(container.pid, "SIGKILL");
  forget(container);
};

export const removeVolume = (name: string): void => {
  if (get("volumes", name) === null) daemon(`get ${name}: no such volume`);
  const users = containers().filter((container) => container.volumes.includes(name));
  if (users.length > 0) daemon(`remove ${name}: volume is in use - [${users.map(({ id }) => id).join(", ")}]`);
  // What it holds goes first: killed in between, we leave a name that can be removed again, and no nameless data.
  rmSync(worldPath("volume-data", name), { recursive: true, force: true });
  drop("volumes", name);
};

const usersOf = (name: string, kind: "secrets" | "configs"): readonly string[] =>
  all<ServiceSpec>("services")
    .filter((service) => name in service[kind])
    .map((service) => service.name);

export const removeSecretOrConfig = (kind: "secrets" | "configs", name: string): void => {
  const [word, data] = kind === "secrets" ? (["secret", "secret-data"] as const) : (["config", "config-data"] as const);
  const thing = get<NamedThing>(kind, name) ?? all<NamedThing>(kind).find(({ id }) => id === name) ?? null;
  if (thing === null) return void daemon(`${word} ${name} not found`);
  const users = usersOf(thing.name, kind);
  if (users.length > 0) {
    daemon(`rpc error: code = InvalidArgument desc = ${word} '${thing.name}' is in use by the following service${users.length > 1 ? "s" : ""}: ${users.join(", ")}`);
  }
  rmSync(worldPath(data, thing.name), { force: true });
  drop(kind, thing.name);
};

export const removeNetwork = (name: string): void => {
  const network = networks().find((one) => one.name === name || one.id === name);
  if (network === undefined) return void daemon(`network ${name} not found\nexit status 1`);
  const services = all<ServiceSpec>("services").filter((service) => service.networks.includes(network.name));
  if (services.length > 0) daemon(`rpc error: code = FailedPrecondition desc = network ${network.id} is in use by service ${services[0]?.id ?? ""}\nexit status 1`);
  const inUse = containers().some((container) => container.networks.includes(network.name));
  if (inUse) put("networks", network.name, { ...network, doomed: true });
  else drop("networks", network.name);
};
