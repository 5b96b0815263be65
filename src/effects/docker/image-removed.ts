import type { Change } from "../../machines/errors.js";
import type { StackSnapshot } from "../../machines/convergence/stack.types.js";
import type { Engine } from "./engine.js";
import type { Task } from "./engine-schema.js";
import { ownNode } from "./look-at-stack.js";
import { wasAtHand } from "./pull/images-at-hand.js";

const missing = /^No such image: (\S+)$/;

/** An image for want of which this node refused a task, although the run had seen it here before. Empty if there is none. */
export const imageRemoved = async (engine: Engine, { services }: StackSnapshot, signal: AbortSignal): Promise<readonly Change[]> => {
  for (const { id, error, state, current } of services.flatMap(({ tasks }) => tasks)) {
    const image = current && state === "rejected" ? missing.exec(error ?? "")?.[1] : undefined;
    if (image === undefined || !wasAtHand(engine, image)) continue;
    const { NodeID } = await engine.json<Task>("GET", `/tasks/${id}`, { signal });
    // Another node pulls for itself.
    if (NodeID !== (await ownNode(engine, signal))) continue;
    return [{ what: `docker had ${image} when the run looked for it, and it was removed since`, isSpec: true, program: null }];
  }
  return [];
};
