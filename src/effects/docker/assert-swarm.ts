import type { Engine } from "./engine.js";
import { noSwarm } from "./engine-errors.js";
import type { Info } from "./engine-schema.js";

/** Checks that docker can be asked, before anything begins. Rejects with a named failure. */
export const assertSwarm = async (engine: Engine, signal?: AbortSignal): Promise<void> => {
  const { Swarm } = await engine.json<Info>("GET", "/info", signal === undefined ? {} : { signal });
  if (Swarm?.LocalNodeState === "active" && Swarm.ControlAvailable === true) return;
  throw noSwarm(`the node is ${Swarm?.LocalNodeState ?? "not"} in a Swarm${Swarm?.LocalNodeState === "active" ? ", as a worker" : ""}`);
};
