import { createRequire } from "node:module";
import type * as chart from "./commands/chart.js";
import type { Contract } from "./contract/contract.js";
import type * as inspect from "./commands/inspect.js";

/** Commands whose libraries would slow down every other command. Each is a bundle of its own in dist. */
interface Chunks {
  readonly chart: typeof chart;
  readonly inspect: typeof inspect;
  readonly contract: Contract;
}

/**
 * Loads a seldom used command. Works in the bundle only.
 *
 * It reads dist, so never call it after a deploy has begun: CI may have deleted the checkout by then.
 */
export const requireChunk = async <Name extends keyof Chunks>(name: Name): Promise<Chunks[Name]> =>
  createRequire(import.meta.url)(`./${name}.cjs`) as Chunks[Name];
