import type { OracleWorld } from "../oracle/world.js";

/** A host to try recipe-ci on: made for one test, gone after it. */
export interface World {
  readonly root: string;
  readonly oracle: OracleWorld;
  /** What recipe-ci is told by its environment, beside PATH and HOME. */
  readonly env: Readonly<Record<string, string>>;
  /** What every command is given. */
  readonly flags: readonly string[];
  /** What a run of that recipe is given beside. */
  readonly sourceOf: (recipe: string) => readonly string[];
  /** Ends every process of this world and removes it. */
  readonly dispose: () => Promise<void>;
}

/** The checkout under test: tests are started in it. */
export const checkout = process.cwd();
export const launcher = `${checkout}/bin/recipe-ci`;
