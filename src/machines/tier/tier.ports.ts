import type { Version } from "../plan.js";
import { promisePort } from "../ports.js";
import { settlePorts } from "../settle/settle.ports.js";
import type { App, RecipeSettings, TestResult, Tier } from "../vocabulary.js";
import type { Facts } from "./facts.js";

export interface TierOf {
  readonly tier: Tier;
  readonly app: App;
  readonly settings: RecipeSettings;
  readonly url: string;
  readonly facts: Facts;
  readonly target: Version;
}

const { observeStack, gatherEvidence, watchTime } = settlePorts;

/** What a tier asks of the world, besides the settle machine. The operation is done once; assertions may look as often as they like. */
export const tierPorts = {
  /** Runs the operator's hook of that name or, if allowed, the recipe's own. Resolves at once if there is none. Rejects if it fails. */
  runHook: promisePort<void, TierOf & { when: "pre" | "post" }>("runHook"),
  /** Does what the tier is named after, exactly once: an upgrade, a backup. Resolves with the facts, its own added. */
  operate: promisePort<Facts, TierOf>("operate"),
  /** Runs the tier's built-in assertions and the operator's executables. Resolves even if tests fail. */
  runTier: promisePort<{ tests: readonly TestResult[] }, TierOf>("runTier"),
  observeStack,
  gatherEvidence,
  watchTime,
};

export type TierPorts = typeof tierPorts;
