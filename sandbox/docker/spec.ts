import { asMap, durationMs, mapIn, type Yaml } from "./compose.js";
import { refuse } from "./fail.js";
import { findImage } from "./images.js";
import { get, newId, type ServiceSpec } from "./world.js";

export const stackLabel = "com.docker.stack.namespace";

export const isExternal = (thing: Yaml): boolean => thing["external"] === true || typeof thing["external"] === "object";

/** The name that a thing of a compose file has on the Swarm. */
export const nameOf = (stack: string, key: string, thing: Yaml): string => {
  if (typeof thing["name"] === "string") return thing["name"];
  const external = thing["external"];
  if (typeof external === "object" && external !== null && "name" in external) return String(external.name);
  return isExternal(thing) ? key : `${stack}_${key}`;
};

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

export interface Names {
  readonly networks: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly configs: Readonly<Record<string, string>>;
}

/** What the files say of one service, with the names that things have on the Swarm. */
export const specOf = (stack: string, key: string, service: Yaml, document: Yaml, names: Names): ServiceSpec => {
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
