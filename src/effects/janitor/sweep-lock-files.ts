import { setImmediate as turn } from "node:timers/promises";
import { fromPromise } from "xstate";
import type { JanitorPorts } from "../../machines/janitor/janitor.ports.js";
import { asRunApp } from "../../machines/names.js";
import type { HeldLocks } from "../lock/held-locks.js";
import type { Domain, LockCard } from "../../machines/vocabulary.js";
import { probeLock } from "../lock/probe-lock.js";
import { readAppRecord, writeAppRecord } from "../record/app-record.js";
import { lockedApps } from "./discover-apps.js";
import { lastEnd } from "./reap-ports.js";

interface SweepSettings {
  readonly lockDir: string;
  readonly runsDir: string;
  readonly zone: string;
  readonly held: HeldLocks;
}

/** A run that was killed before it put anything on the Swarm leaves only its card, so what the card says is kept in the app's record. */
const keepEnd = (runsDir: string, domain: Domain, card: LockCard | null): void => {
  const before = readAppRecord(runsDir, domain);
  const last = lastEnd(card, before);
  if (last?.verdict === null) writeAppRecord(runsDir, domain, { ...before, last });
};

/** Sweeps one lock file: unlinks it under its own lock if that can be taken, else leaves it to the run that has it. */
const sweep = ({ lockDir, runsDir, held }: SweepSettings, domain: Domain, dryRun: boolean): boolean => {
  if (held.get(domain) !== undefined) return false;
  const probe = probeLock(lockDir, domain, held, false);
  if (probe.kind !== "ours") return false;
  try {
    if (dryRun) return true;
    keepEnd(runsDir, domain, probe.card);
    return held.unlink(domain);
  } finally {
    held.release(domain);
  }
};

/**
 * A ms of work, or a process for each where fs-ext is not there: anybody may make names in a folder like /run/lock,
 * and stops and budgets must be heard among any number of them.
 */
const filesATurn = 20;

/**
 * Sweeps lock files without an app, which clean runs leave: such a file must stay while anybody waits on it, and is swept when nobody does.
 */
export const sweepLockFiles = (settings: SweepSettings): JanitorPorts["sweepLockFiles"] =>
  fromPromise(async ({ input: { keep, dryRun }, signal }) => {
    const kept = new Set<string>(keep);
    const swept: string[] = [];
    for (const [index, name] of lockedApps(settings.lockDir).entries()) {
      if (index % filesATurn === filesATurn - 1) {
        await turn();
        signal.throwIfAborted();
      }
      const domain = asRunApp(name, settings.zone);
      if (domain !== null && !kept.has(name) && sweep(settings, domain, dryRun)) swept.push(name);
    }
    return { swept };
  });
