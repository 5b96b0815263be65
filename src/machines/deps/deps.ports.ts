import { promisePort } from "../ports.js";
import type { UpDep } from "./deps.types.js";

/** What the deps machine asks of the world, besides the deploys. */
export const depsPorts = {
  /** Once all deps are up, writes what hooks and tests must know about them to where they look for it. */
  handOver: promisePort<void, { ups: readonly UpDep[] }>("handOver"),
};

export type DepsPorts = typeof depsPorts;
