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

/** What a tier asks of the world, beside the settling. The operation is done once; assertions may look as often as they like. */
export const tierPorts = {
  /** The operator's or, where it may, the recipe's own hook of that name; resolves at once where there is none. Rejects when it fails. */
  runHook: promisePort<void, TierOf & { when: "pre" | "post" }>("runHook"),
  /** Does what the tier is named after, exactly once: an upgrade, a backup. Resolves with the facts it added to. */
  operate: promisePort<Facts, TierOf>("operate"),
  /** The built-in assertions of the tier and the operator's executables. Resolves also when tests fail. */
  runTier: promisePort<{ tests: readonly TestResult[] }, TierOf>("runTier"),
  observeStack,
  gatherEvidence,
  watchTime,
};

export type TierPorts = typeof tierPorts;
