import { promisePort } from "../ports.js";
import type { UpDep } from "./deps.types.js";

/** What the deps ask of the world, beside the deploys that they are. */
export const depsPorts = {
  /** Leaves what hooks and tests must know of the deps where they find it, once all are up. */
  handOver: promisePort<void, { ups: readonly UpDep[] }>("handOver"),
};

export type DepsPorts = typeof depsPorts;
