import type { Prepared } from "../../machines/run/run.types.js";
import type { App } from "../../machines/vocabulary.js";

/** The apps of a run in the order in which they are torn down: the one under test, then its deps, last deployed first. */
export const appsOf = (prepared: Prepared | undefined): readonly App[] =>
  prepared === undefined ? [] : [prepared.app, ...prepared.deps.map(({ app }) => app).toReversed()];
