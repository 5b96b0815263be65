import { fromPromise } from "xstate";
import type { TeardownPorts } from "../../machines/teardown/teardown.ports.js";
import type { Cookie } from "../../machines/vocabulary.js";
import type { ChildRegistry } from "./registry.js";
import type { ScopeName } from "./scope-name.js";
import { reapSurvivors } from "./survivors.js";

/** TERM, half of this, KILL. abra and docker end at once; a recipe's own test may want to tidy up. ms */
export const drainMs = 4_000;

/**
 * Before a teardown acts: the given scope takes no more children and has none; survivors of the given cookies are gone.
 *
 * An actor that was aborted may still be about to spawn, so the scope is closed first and waited for then. With our
 * own cookie, what the scope's children left behind in sessions of their own goes as well: pass it only where nothing
 * that carries it may live, which is so when a run begins to tear its own app down.
 */
export const drainPort = (registry: ChildRegistry, closes: ScopeName | null, own: Cookie | null = null): TeardownPorts["drain"] =>
  fromPromise(async ({ input: { cookies }, signal }) => {
    if (closes !== null) await registry.scope(closes).drain(drainMs);
    await reapSurvivors(own === null ? cookies : [...cookies, own], signal);
  });
