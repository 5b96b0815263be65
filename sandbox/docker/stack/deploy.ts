import { readFileSync } from "node:fs";
import { isImageName } from "../../../src/effects/compose/image-name.js";
import { onEachNode, onNoNode } from "../../../src/effects/compose/own-networks.js";
import { emptyScope, fillTemplate } from "../../../src/effects/compose/swarm-template.js";
import { mapIn } from "../compose/load.js";
import { labelsOf } from "../compose/pairs.js";
import { ignoredIn, isMap, type Yaml } from "../compose/schema.js";
import { daemonSaid, DaemonSaid, type Api } from "../api.js";
import { Refusal, refuse } from "../refusal.js";
import type { KeptFile, NetworkDocument, Service } from "../../engine/schema.js";
import { isExternal, nameOf, stackLabel } from "./names.js";
import type { Known } from "./known.js";
import { serviceSpec } from "./service-spec.js";

interface Deploy {
  readonly api: Api;
  readonly stack: string;
  readonly document: Yaml;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Whether the caller was killed: what is done stays, the rest is not done. */
  readonly isGone: () => boolean;
}

const step = ({ isGone }: Deploy): void => {
  if (isGone()) throw new Refusal("killed");
};

const namesOf = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : isMap(value) ? Object.keys(value) : []);

/** Only the networks that some service names, and `default` if a service names none. */
const usedNetworks = (document: Yaml): ReadonlySet<string> =>
  new Set(
    Object.values(mapIn(document, "services")).flatMap((service) => {
      const names = namesOf(service["networks"]);
      return names.length === 0 ? ["default"] : names;
    }),
  );

/** Networks that exist on every host by default, and in which a service has no alias. */
const builtIn = new Set([...onEachNode, ...onNoNode]);

const ipamOf = (value: unknown): object => {
  const { driver, config } = isMap(value) ? value : {};
  const subnets = Array.isArray(config) ? config.map((one: Yaml) => ({ Subnet: String(one["subnet"] ?? "") })) : [];
  if ((driver ?? "") === "" && subnets.length === 0) return {};
  return { IPAM: { ...((driver ?? "") === "" ? {} : { Driver: driver }), ...(subnets.length === 0 ? {} : { Config: subnets }) } };
};

const createNetworks = async (deploy: Deploy): Promise<Known["networks"]> => {
  const { api, stack, document, out } = deploy;
  const declared = mapIn(document, "networks");
  const ids = new Map<string, { readonly id: string; readonly hasAliases: boolean }>();
  const toMake: (readonly [string, string, Yaml])[] = [];
  for (const key of usedNetworks(document)) {
    const network = declared[key];
    if (network === undefined && key !== "default") continue; // The service that names it is refused later.
    const name = nameOf(stack, key, network ?? {});
    const found = await api.find<NetworkDocument>(`/networks/${encodeURIComponent(name)}`);
    const isOthers = network !== undefined && isExternal(network);
    const isBuiltIn = builtIn.has(name);
    if (found === null && !isOthers) toMake.push([key, name, network ?? {}]);
    else if (found === null && !isBuiltIn)
      refuse(
        `network "${name}" is declared as external, but could not be found. You need to create a swarm-scoped network before the stack is deployed`,
      );
    else if (isOthers && !isBuiltIn && found?.Scope !== "swarm")
      refuse(`network "${name}" is declared as external, but it is not in the right scope: "${String(found?.Scope)}" instead of "swarm"`);
    else ids.set(key, { id: found?.Id ?? name, hasAliases: !isBuiltIn });
  }
  for (const [key, name, network] of toMake) {
    step(deploy);
    out(`Creating network ${name}\n`);
    try {
      const { Id } = await api.ask<{ Id: string }>("POST", "/networks/create", {
        body: {
          Name: name,
          Driver: typeof network["driver"] === "string" ? network["driver"] : "overlay",
          Labels: { ...labelsOf(network["labels"]), [stackLabel]: stack },
          Internal: network["internal"] === true,
          Attachable: network["attachable"] === true,
          Options: labelsOf(network["driver_opts"]),
          ...ipamOf(network["ipam"]),
        },
      });
      ids.set(key, { id: Id, hasAliases: true });
    } catch (error) {
      refuse(`failed to create network ${name}: ${daemonSaid(error)}`);
    }
  }
  return ids;
};

const found = (): string => "";

/** Only the node knows what these functions find. */
const knownFunctions = { ...emptyScope, functions: { env: found, secret: found, config: found } };

const createFiles = async (deploy: Deploy, word: "secret" | "config"): Promise<Known["secrets"]> => {
  const { api, stack, document, out } = deploy;
  const known = new Map<string, { readonly name: string; readonly id: string | null }>();
  for (const [key, thing] of Object.entries(mapIn(document, `${word}s`))) {
    const name = nameOf(stack, key, thing);
    const path = `/${word}s/${encodeURIComponent(name)}`;
    const before = await api.find<KeptFile>(path);
    if (isExternal(thing)) {
      known.set(key, { name, id: before?.ID ?? null });
      continue;
    }
    if (thing["driver"] !== undefined) refuse(`the sandbox does not know ${word}s with a driver ("${key}"); use a Swarm for it`);
    const file = String(thing["file"] ?? "");
    let content: Buffer;
    try {
      content = readFileSync(file);
    } catch {
      return refuse(`open ${file}: no such file or directory`);
    }
    const template = thing["template_driver"];
    if (template === "golang" && "unknown" in fillTemplate(content.toString(), knownFunctions))
      refuse(`the sandbox does not know what stands in the template of the ${word} "${key}"; use a Swarm for it`);
    const body = {
      ...(typeof template === "string" && template !== "" ? { Templating: { Name: template } } : {}),
      Name: name,
      Labels: { ...labelsOf(thing["labels"]), [stackLabel]: stack },
      Data: content.toString("base64"),
    };
    step(deploy);
    try {
      if (before === null) {
        out(`Creating ${word} ${name}\n`);
        known.set(key, { name, id: (await api.ask<{ ID: string }>("POST", `/${word}s/create`, { body })).ID });
      } else {
        await api.ask("POST", `${path}/update`, { query: { version: String(before.Version.Index) }, body });
        known.set(key, { name, id: before.ID });
      }
    } catch (error) {
      refuse(`failed to ${before === null ? "create" : "update"} ${word} ${name}: ${daemonSaid(error)}`);
    }
  }
  return known;
};

const assertImages = (services: Readonly<Record<string, Yaml>>): void => {
  for (const [key, service] of Object.entries(services)) {
    const image = typeof service["image"] === "string" ? service["image"] : "";
    if (image === "") refuse(`invalid image reference for service ${key}: no image specified`);
    if (!isImageName(image)) refuse(`invalid image reference for service ${key}: invalid reference format`);
  }
};

/** Like the real one it is not transactional: what was created before a failure stays. */
export const deployStack = async (deploy: Deploy): Promise<void> => {
  const { api, stack, document, out, err } = deploy;
  const services = mapIn(document, "services");
  assertImages(services);
  for (const line of ignoredIn(services)) err(`${line}\n`);
  const networks = await createNetworks(deploy);
  const known: Known = {
    networks,
    volumes: mapIn(document, "volumes"),
    secrets: await createFiles(deploy, "secret"),
    configs: await createFiles(deploy, "config"),
  };
  const specs = Object.entries(services).map(([key, service]) => {
    try {
      return serviceSpec(stack, key, service, known);
    } catch (error) {
      return error instanceof Refusal ? refuse(`service ${key}: ${error.message}`) : refuse(String(error));
    }
  });
  for (const spec of specs) {
    step(deploy);
    const path = `/services/${encodeURIComponent(spec.Name)}`;
    const before = await api.find<Service>(path);
    out(before === null ? `Creating service ${spec.Name}\n` : `Updating service ${spec.Name} (id: ${before.ID})\n`);
    try {
      if (before === null) await api.ask("POST", "/services/create", { body: spec });
      else
        await api.ask("POST", `${path}/update`, {
          query: { version: String(before.Version.Index) },
          body: { ...spec, TaskTemplate: { ...spec.TaskTemplate, ForceUpdate: before.Spec.TaskTemplate.ForceUpdate ?? 0 } },
        });
    } catch (error) {
      const said = error instanceof DaemonSaid ? daemonSaid(error) : String(error);
      refuse(`failed to ${before === null ? "create" : "update"} service ${spec.Name}: ${said}`);
    }
  }
};
