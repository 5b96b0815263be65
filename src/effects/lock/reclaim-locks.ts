import { fromPromise } from "xstate";
import type { RunPorts } from "../../machines/run/run.ports.js";
import { drainMs } from "../children/drain.js";
import type { Scope } from "../children/registry.js";
import type { HeldLocks } from "./held-locks.js";
import { reclaimLock } from "./probe-lock.js";

interface ReclaimSettings {
  readonly lockDir: string;
  readonly held: HeldLocks;
  /** The scope of the run's own children: none may act while it is being decided whose the apps are. */
  readonly scope: Scope;
}

/** If an app's lock file is still the live one, the app is ours already. The locks of all others must be taken again. */
export const reclaimLocks = ({ lockDir, held, scope }: ReclaimSettings): RunPorts["reclaimLock"] =>
  fromPromise(async ({ input: { domains } }) => {
    await scope.drain(drainMs);
    const lost = domains.filter((domain) => !held.isStillMine(domain));
    return lost.every((domain) => reclaimLock(lockDir, domain, held) === "ours") ? "ours" : "taken";
  });
