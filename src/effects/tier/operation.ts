import type { Version } from "../../machines/plan.js";
import type { Facts } from "../../machines/tier/facts.js";
import type { App, RecipeSettings, TestResult } from "../../machines/vocabulary.js";
import type { ConfigureSettings } from "../abra/configure-app.js";
import type { ReadRecipe } from "../recipe/slips/recipe-at.js";
import type { ProbeSettings } from "./probe.types.js";

export interface OperationOf {
  readonly app: App;
  readonly settings: RecipeSettings;
  readonly url: string;
  /** As the operations before it left them. */
  readonly facts: Facts;
  /** The version that should run once the operation is done; if it changes no version, the one that runs already. */
  readonly target: Version;
}

/** What a tier does, once. Resolves with the facts, its own added; rejects with a RunError. */
export type Operation = (of: OperationOf, signal: AbortSignal) => Promise<Facts>;

/** An assertion that only looks. */
export interface BuiltInTest {
  readonly name: string;
  /** Null if it holds, else why not. If it rejects, the test fails with the error's message. */
  readonly holds: (of: OperationOf, signal: AbortSignal) => Promise<string | null>;
}

/** What operations and built-in tests work with. */
export interface OperationWiring extends ConfigureSettings, Pick<ProbeSettings, "trust" | "note"> {
  readonly readRecipe: ReadRecipe;
  /** Pulls every image. If one is missing, the failure names it. */
  readonly pull: (images: readonly string[], signal: AbortSignal) => Promise<void>;
  /** Runs one executable of the recipe's folder like its tests; null if there is none of that name. */
  readonly runOwn: (name: string, of: OperationOf, signal: AbortSignal) => Promise<TestResult | null>;
}
