import { failureFrom, isRunError } from "../../machines/errors.js";
import type { Engine } from "../docker/engine.js";
import { otherNodes } from "../nodes/nodes.js";
import { assertDriver } from "../swarm-driver/driver.js";
import { failed, lacking, passed, type Check } from "./checks.js";

/** Checks whether this host may drive the Swarm. With `takeOver`, it drives it from now on. */
export const checkDriver = async (engine: Engine, takeOver: boolean): Promise<Check> => {
  try {
    await assertDriver(engine, { claims: takeOver, takesOver: takeOver });
    return passed("swarm's host", takeOver ? "this one, from now on" : "this one, or none yet");
  } catch (error) {
    if (!isRunError(error) || error.code !== "another-host") throw error;
    const { message, hint } = failureFrom(error);
    return failed("swarm's host", message, hint);
  }
};

/** Checks how many nodes there are, and which of them cannot be asked what a run left there. */
export const checkNodes = async (engine: Engine, image: string): Promise<Check> => {
  const nodes = await otherNodes(engine);
  if (nodes.length === 0) return passed("nodes", "this one alone");
  const silent = nodes.filter(({ why }) => why !== null);
  const others = `${nodes.length} beside this one, asked by a short job of ${image}`;
  return silent.length === 0
    ? passed("nodes", others)
    : lacking(
        "nodes",
        `${others}; runs end unverified (3), for ${silent.map(({ name, why }) => `${name}: ${why ?? ""}`).join("; ")}`,
        "Bring them back, or docker node rm those that are gone for good.",
      );
};
