import type { StackName } from "../../machines/vocabulary.js";
import type { Engine } from "./engine.js";
import type { Network } from "./engine-schema.js";
import { createNamesNoted } from "./names-noted.js";
import { stackFilter } from "./stack-label.js";

const plain = createNamesNoted();

/** Remembers networks for which the recipe asks nothing in particular: no subnet, driver or option. By their names on the Swarm. */
export const notePlainNetworks = plain.note;

const isUnallocated = ({ Driver, IPAM }: Network): boolean => Driver === "" && (IPAM?.Config ?? []).length === 0;

/**
 * A network of the stack that the Swarm lists and has not allocated: it has no driver and no addresses. If the recipe asks for nothing in
 * particular there, what is missing is the Swarm's own: its pool of addresses is used up. Null if there is none.
 */
export const withoutAddresses = async (engine: Engine, stack: StackName, signal: AbortSignal): Promise<string | null> => {
  const networks = await engine.json<readonly Network[]>("GET", "/networks", { query: { filters: stackFilter(stack) }, signal });
  return networks.find((network) => isUnallocated(network) && plain.has(engine, network.Name))?.Name ?? null;
};
