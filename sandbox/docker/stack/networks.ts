import { onEachNode, onNoNode } from "../../../src/effects/compose/own-networks.js";
import type { NetworkDocument } from "../../engine/schema.js";
import { daemonSaid } from "../api.js";
import { mapIn } from "../compose/load.js";
import { labelsOf } from "../compose/pairs.js";
import { isMap, type Yaml } from "../compose/schema.js";
import { refuse } from "../refusal.js";
import { step, type Deploy } from "./deployment.js";
import type { Known } from "./known.js";
import { isExternal, nameOf, stackLabel } from "./names.js";

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

/** Finds the networks that a stack's services use, and creates those that are missing. All are looked for before one is created. */
export const createNetworks = async (deploy: Deploy): Promise<Known["networks"]> => {
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
