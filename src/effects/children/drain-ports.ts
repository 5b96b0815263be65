import { fromPromise } from "xstate";
import type { RunPorts } from "../../machines/run/run.ports.js";
import type { Cookie } from "../../machines/vocabulary.js";
import type { HeldLocks } from "../lock/held-locks.js";
import { drainMs } from "./drain.js";
import type { ChildRegistry } from "./registry.js";
import { reapSurvivors } from "./survivors.js";

interface DrainSettings {
  readonly registry: ChildRegistry;
  /** The run's own cookie. */
  readonly cookie: Cookie;
  /** The janitor's locks: they are released when its children are gone. */
  readonly janitorHeld: HeldLocks;
}

export const drainJanitor = ({ registry, janitorHeld }: DrainSettings): RunPorts["drainJanitor"] =>
  fromPromise(async () => {
    await registry.scope("janitor").drain(drainMs);
    janitorHeld.releaseAll();
  });

export const drainAll = ({ registry, cookie, janitorHeld }: DrainSettings): RunPorts["drainAll"] =>
  fromPromise(async () => {
    await Promise.all((["janitor", "work", "teardown"] as const).map((scope) => registry.scope(scope).drain(drainMs)));
    await reapSurvivors([cookie]);
    janitorHeld.releaseAll();
  });
