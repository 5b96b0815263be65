import { fromPromise } from "xstate";
import type { TeardownPorts } from "../../machines/teardown/teardown.ports.js";
import type { Cookie } from "../../machines/vocabulary.js";
import type { ChildRegistry } from "./registry.js";
import type { ScopeName } from "./scope-name.js";
import { reapSurvivors } from "./survivors.js";

/** TERM at once, KILL after half of this. abra and docker end at once; a recipe's own test may want to tidy up. ms */
export const drainMs = 4_000;

/**
 * Prepares a teardown: afterwards the given scope has no children and accepts none, and survivors with the given
 * cookies are gone.
 *
 * An aborted actor may still be about to spawn, so the scope is closed before it is waited for. If `own` is our cookie,
 * processes that the scope's children left in sessions of their own are killed too. Pass it only if nothing that
 * carries it may live, which is the case when a run begins to tear its own app down.
 */
export const drainPort = (registry: ChildRegistry, closes: ScopeName | null, own: Cookie | null = null): TeardownPorts["drain"] =>
  fromPromise(async ({ input: { cookies }, signal }) => {
    if (closes !== null) await registry.scope(closes).drain(drainMs);
    await reapSurvivors(own === null ? cookies : [...cookies, own], signal);
  });
