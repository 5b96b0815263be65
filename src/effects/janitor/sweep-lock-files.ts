import { fromPromise } from "xstate";
import type { JanitorPorts } from "../../machines/janitor/janitor.ports.js";
import { asRunApp } from "../../machines/names.js";
import type { Domain } from "../../machines/vocabulary.js";
import type { HeldLocks } from "../lock/held-locks.js";
import { probeLock } from "../lock/probe-lock.js";
import { lockedApps } from "./discover-apps.js";

export interface SweepSettings {
  readonly lockDir: string;
  readonly zone: string;
  readonly held: HeldLocks;
}

/** One lock file: unlinked under its own lock if that is to be had, else left to the run that has it. */
const sweep = ({ lockDir, held }: SweepSettings, domain: Domain, dryRun: boolean): boolean => {
  if (held.get(domain) !== undefined) return false;
  if (probeLock(lockDir, domain, held, false).kind !== "ours") return false;
  try {
    return dryRun || held.unlink(domain);
  } finally {
    held.letGo(domain);
  }
};

/** A lock file without an app is what a clean run left: it must stay while anybody may wait on it, and nobody does now. */
export const sweepLockFiles = (settings: SweepSettings): JanitorPorts["sweepLockFiles"] =>
  fromPromise(async ({ input: { keep, dryRun } }) => {
    const kept = new Set<string>(keep);
    const swept: string[] = [];
    for (const name of lockedApps(settings.lockDir)) {
      const domain = asRunApp(name, settings.zone);
      if (domain !== null && !kept.has(name) && sweep(settings, domain, dryRun)) swept.push(name);
    }
    return { swept };
  });
