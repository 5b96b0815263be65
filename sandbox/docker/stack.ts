import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { asMap, digest, durationMs, mapIn, readCompose, type Yaml } from "./compose.js";
import { refuse } from "./fail.js";
import { findImage } from "./images.js";
import { startKeeper } from "./keeper-start.js";
import { networks } from "./containers.js";
import { all, claim, drop, get, newId, put, worldPath, type NamedThing, type ServiceSpec } from "./world.js";

const stackLabel = "com.docker.stack.namespace";

const isExternal = (thing: Yaml): boolean => thing["external"] === true || typeof thing["external"] === "object";

const nameOf = (stack: string, key: string, thing: Yaml): string => {
  if (typeof thing["name"] === "string") return thing["name"];
  const external = thing["external"];
  if (typeof external === "object" && external !== null && "name" in external) return String(external.name);
  return isExternal(thing) ? key : `${stack}_${key}`;
};

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
    if (before !== null) continue;
    process.stdout.write(`Creating config ${name}\n`);
    writeFileSync(worldPath("config-data", name), content);
    claim("configs", name, { id: newId(), name, labels: { [stackLabel]: stack }, digest: digest(content) });
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

/** A service's reference to a secret, config or volume: a word, or a map with `source` and `target`. */
const references = (value: unknown): readonly { source: string; target: string | null }[] =>
  Array.isArray(value)
    ? value.map((one) =>
        typeof one === "object" && one !== null
          ? { source: String((one as Yaml)["source"]), target: typeof (one as Yaml)["target"] === "string" ? String((one as Yaml)["target"]) : null }
          : { source: String(one).split(":")[0] ?? "", target: String(one).split(":")[1] ?? null },
      )
    : [];

const mounted = (value: unknown, names: Readonly<Record<string, string>>, home: string): Readonly<Record<string, string>> =>
  Object.fromEntries(references(value).map(({ source, target }) => [names[source] ?? source, target === null ? `${home}${source}` : target.startsWith("/") ? target : `${home}${target}`]));

/** Volume name → path. Binds of the host's own folders have no place in a sandbox. */
const volumesOf = (stack: string, document: Yaml, service: Yaml): Readonly<Record<string, string>> => {
  const declared = mapIn(document, "volumes");
  return Object.fromEntries(
    references(service["volumes"]).flatMap(({ source, target }) =>
      target === null || source.startsWith("/") || source.startsWith(".") ? [] : [[nameOf(stack, source, declared[source] ?? {}), target]],
    ),
  );
};

const text = (value: unknown): string => (typeof value === "string" || typeof value === "number" ? String(value) : "");

const healthOf = (service: Yaml): ServiceSpec["health"] => {
  const check = service["healthcheck"] as Yaml | undefined;
  const test = check?.["test"];
  if (check === undefined || test === undefined || check["disable"] === true) return null;
  const words = Array.isArray(test) ? test.map(String) : ["CMD-SHELL", text(test)];
  if (words[0] === "NONE") return null;
  return {
    test: words,
    intervalMs: durationMs(check["interval"], 30_000),
    timeoutMs: durationMs(check["timeout"], 30_000),
    retries: Number(check["retries"] ?? 3),
    startMs: durationMs(check["start_period"], 0),
  };
};

const publishedBy = (service: Yaml): readonly number[] =>
  (Array.isArray(service["ports"]) ? service["ports"] : []).map((port) =>
    typeof port === "object" && port !== null ? Number((port as Yaml)["target"]) : Number(text(port).split("/")[0]?.split(":").at(-1)),
  );

/** Swarm waits five seconds unless told; here a crash loop must not take a test's patience. ms */
const restartDelay = { usual: 150, most: 1_000 };

const restartOf = (policy: Yaml): ServiceSpec["restart"] => {
  const condition = policy["condition"];
  return {
    condition: condition === "none" || condition === "on-failure" ? condition : "any",
    delayMs: Math.min(durationMs(policy["delay"], restartDelay.usual), restartDelay.most),
    attempts: Number(policy["max_attempts"] ?? 0),
  };
};

/** Swarm watches an updated task for five seconds unless told; shortened for the same reason. ms */
const monitor = { usual: 300, most: 2_000 };

const updateOf = (update: Yaml): ServiceSpec["update"] => ({
  startFirst: update["order"] === "start-first",
  parallelism: Number(update["parallelism"] ?? 1),
  monitorMs: Math.min(durationMs(update["monitor"], monitor.usual), monitor.most),
});

const section = (service: Yaml, key: string): Yaml => (service[key] ?? {}) as Yaml;

interface Names {
  readonly networks: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly configs: Readonly<Record<string, string>>;
}

const specOf = (stack: string, key: string, service: Yaml, document: Yaml, names: Names): ServiceSpec => {
  const name = `${stack}_${key}`;
  const reference = text(service["image"]);
  const image = findImage(reference) ?? refuse(`failed to create service ${name}: the sandbox has no image ${reference}; it has only the examples' images`);
  const deploy = section(service, "deploy");
  const before = get<ServiceSpec>("services", name);
  const wanted = Array.isArray(service["networks"]) ? service["networks"].map(String) : Object.keys((service["networks"] as object | undefined) ?? { default: {} });
  const published = publishedBy(service);
  return {
    id: before?.id ?? newId(),
    name,
    stack,
    image: image.reference,
    labels: { "com.docker.stack.image": image.reference, [stackLabel]: stack, ...asMap(deploy["labels"]) },
    containerLabels: asMap(service["labels"]),
    env: asMap(service["environment"], process.env),
    replicas: Number(deploy["replicas"] ?? 1),
    command: Array.isArray(service["command"]) ? service["command"].map(String) : null,
    health: healthOf(service),
    volumes: volumesOf(stack, document, service),
    secrets: mounted(service["secrets"], names.secrets, "/run/secrets/"),
    configs: mounted(service["configs"], names.configs, "/"),
    networks: wanted.map((network) => names.networks[network] ?? `${stack}_${network}`),
    targetPorts: [...new Set([...image.ports, ...published])],
    published,
    graceMs: durationMs(service["stop_grace_period"], 10_000),
    update: updateOf(section(deploy, "update_config")),
    restart: restartOf(section(deploy, "restart_policy")),
    version: (before?.version ?? 0) + 1,
  };
};

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
      put("updates", spec.name, { State: "updating", StartedAt: new Date().toISOString(), Message: "update in progress" });
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
    drop("updates", name);
  }
  for (const { kind, name } of things) {
    process.stdout.write(`Removing ${kind.slice(0, -1)} ${name}\n`);
    drop(kind, name);
    rmSync(worldPath(kind === "secrets" ? "secret-data" : "config-data", name), { force: true });
  }
  const doomed = own.filter((network) => network.doomed === true);
  for (const network of own) {
    process.stdout.write(`Removing network ${network.name}\n`);
    if (network.doomed !== true) put("networks", network.name, { ...network, doomed: true });
  }
  for (const { id } of doomed) process.stderr.write(`Failed to remove network ${id}: Error response from daemon: network ${id} not found`);
  if (doomed.length > 0) refuse(`failed to remove some resources from stack: ${stack}`);
};
