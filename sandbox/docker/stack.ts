import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { digest, mapIn, readCompose, type Yaml } from "./compose.js";
import { refuse } from "./fail.js";
import { startKeeper } from "./keeper-start.js";
import { isExternal, nameOf, specOf, stackLabel, type Names } from "./spec.js";
import { networks } from "./containers.js";
import { all, claim, drop, get, newId, put, worldPath, type NamedThing, type ServiceSpec } from "./world.js";

const createNetworks = (stack: string, document: Yaml): Readonly<Record<string, string>> => {
  const declared = mapIn(document, "networks");
  const known = new Map(networks().map((network) => [network.name, network]));
  const names: Record<string, string> = {};
  for (const [key, network] of Object.entries({ default: {}, ...declared })) {
    const name = nameOf(stack, key, network);
    names[key] = name;
    if (isExternal(network) && !known.has(name)) refuse(`network "${name}" is declared as external, but could not be found. You need to create a swarm-scoped network before the stack is deployed`);
    if (known.has(name)) continue;
    process.stdout.write(`Creating network ${name}\n`);
    claim("networks", name, { id: newId(), name, labels: { [stackLabel]: stack } });
  }
  return names;
};

const createConfigs = (stack: string, document: Yaml): Readonly<Record<string, string>> => {
  const names: Record<string, string> = {};
  for (const [key, config] of Object.entries(mapIn(document, "configs"))) {
    const name = nameOf(stack, key, config);
    names[key] = name;
    if (name.length > 64) refuse(`invalid config name ${name}: only 64 [a-zA-Z0-9-_.] characters allowed`);
    const content = typeof config["file"] === "string" ? readFileSync(config["file"], "utf8") : "";
    const before = get<NamedThing & { digest: string }>("configs", name);
    if (isExternal(config) && before === null) refuse(`config not found: ${name}`);
    if (isExternal(config)) continue;
    if (before !== null && before.digest !== digest(content)) refuse(`failed to update config ${name}: Error response from daemon: rpc error: code = InvalidArgument desc = only updates to Labels are allowed`);
    if (before === null) {
      process.stdout.write(`Creating config ${name}\n`);
      claim("configs", name, { id: newId(), name, labels: { [stackLabel]: stack }, digest: digest(content) });
    }
    // Also when it was there: whoever made it may have been killed before it came to this.
    writeFileSync(worldPath("config-data", name), content);
  }
  return names;
};

const knownSecrets = (stack: string, document: Yaml): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(mapIn(document, "secrets")).map(([key, secret]) => {
      const name = nameOf(stack, key, secret);
      if (isExternal(secret) && get("secrets", name) === null) refuse(`secret not found: ${name}`);
      return [key, name];
    }),
  );

const sameSpec = (one: ServiceSpec, other: ServiceSpec): boolean => JSON.stringify({ ...one, version: 0 }) === JSON.stringify({ ...other, version: 0 });

/** A network that is going away is still listed, and the deploy does not make it again: Swarm then knows it no more. */
const assertNetworks = ({ name, networks: wanted }: ServiceSpec): void => {
  const gone = networks().find((network) => wanted.includes(network.name) && network.doomed === true);
  if (gone !== undefined) refuse(`failed to create service ${name}: Error response from daemon: network ${gone.name} not found`);
};

/** Not transactional, like the real one: what was made before a failure stays. */
export const deployStack = async (stack: string, files: readonly string[]): Promise<void> => {
  const document = await readCompose(files, process.env);
  const names: Names = { networks: createNetworks(stack, document), configs: createConfigs(stack, document), secrets: knownSecrets(stack, document) };
  for (const [key, service] of Object.entries(mapIn(document, "services"))) {
    const spec = specOf(stack, key, service, document, names);
    const before = get<ServiceSpec>("services", spec.name);
    process.stdout.write(`${before === null ? "Creating" : "Updating"} service ${spec.name}\n`);
    assertNetworks(spec);
    if (before === null) put("services", spec.name, spec);
    else if (!sameSpec(before, spec)) {
      put("updates", spec.id, { version: spec.version, State: "updating", StartedAt: new Date().toISOString(), Message: "update in progress" });
      put("services", spec.name, spec);
    }
    // Also when nothing changed: whoever deployed it first may have been killed before it came to this.
    startKeeper(spec);
  }
};

/** Returns when it is said, not when it is done: containers and networks outlive it. */
export const removeStack = (stack: string): void => {
  const ofStack = ({ labels }: NamedThing): boolean => labels[stackLabel] === stack;
  const services = all<ServiceSpec>("services").filter((service) => service.stack === stack);
  const things = (["secrets", "configs"] as const).flatMap((kind) => all<NamedThing>(kind).filter(ofStack).map(({ name }) => ({ kind, name })));
  const own = networks().filter(ofStack);
  if (services.length + things.length + own.length === 0) {
    process.stderr.write(`Nothing found in stack: ${stack}\n`);
    return;
  }
  for (const { name } of services) {
    process.stdout.write(`Removing service ${name}\n`);
    drop("services", name);
  }
  for (const { kind, name } of things) {
    process.stdout.write(`Removing ${kind.slice(0, -1)} ${name}\n`);
    rmSync(worldPath(kind === "secrets" ? "secret-data" : "config-data", name), { force: true });
    drop(kind, name);
  }
  const doomed = own.filter((network) => network.doomed === true);
  for (const network of own) {
    process.stdout.write(`Removing network ${network.name}\n`);
    if (network.doomed !== true) put("networks", network.name, { ...network, doomed: true });
  }
  for (const { id } of doomed) process.stderr.write(`Failed to remove network ${id}: Error response from daemon: network ${id} not found`);
  if (doomed.length > 0) refuse(`failed to remove some resources from stack: ${stack}`);
};
