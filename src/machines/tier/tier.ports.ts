import { promisePort } from "../ports.js";
import type { App, RecipeSettings, TestResult, Tier } from "../vocabulary.js";

interface TierOf {
  readonly tier: Tier;
  readonly app: App;
  readonly settings: RecipeSettings;
  readonly url: string;
}

/** What a tier asks of the world. The operation is done once; assertions may look as often as they like. */
export const tierPorts = {
  /** Does what the tier is named after, exactly once: an upgrade, a backup. install and custom have none. */
  operate: promisePort<void, TierOf>("operate"),
  /** The built-in assertions of the tier and the operator's executables. Resolves also when tests fail. */
  runTier: promisePort<{ tests: readonly TestResult[] }, TierOf>("runTier"),
};

export type TierPorts = typeof tierPorts;
