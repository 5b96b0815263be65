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
  /** As the operations before left them. */
  readonly facts: Facts;
  /** What is to run once the operation is done; where it changes no version, what runs already. */
  readonly target: Version;
}

/** Done once by the run itself. Rejects with a RunError; resolves with the facts it adds to. */
export type Operation = (of: OperationOf, signal: AbortSignal) => Promise<Facts>;

/** An assertion that only looks. */
export interface BuiltInTest {
  readonly name: string;
  /** Null when it holds, else why not. May reject: that is a failure of the test, by the error's message. */
  readonly holds: (of: OperationOf, signal: AbortSignal) => Promise<string | null>;
}

/** What operations and built-in tests act and look with. */
export interface OperationWiring extends ConfigureSettings, Pick<ProbeSettings, "trust" | "note"> {
  readonly readRecipe: ReadRecipe;
  /** Makes every image available on the host. A missing one is named. */
  readonly pull: (images: readonly string[], signal: AbortSignal) => Promise<void>;
  /** Runs one executable of the recipe's folder as its tests are run; null where there is none of that name. */
  readonly runOwn: (name: string, of: OperationOf, signal: AbortSignal) => Promise<TestResult | null>;
}
