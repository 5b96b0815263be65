import { fromPromise } from "xstate";
import type { ReapPorts } from "../../machines/reap/reap.ports.js";
import type { Probe } from "../../machines/reap/reap.types.js";
import type { Cookie, Domain, LockCard, StackName } from "../../machines/vocabulary.js";
import { ownedBy, strangersOf } from "../../machines/ledger/attribution.js";
import { cookiesOfApp } from "../children/survivors.js";
import type { Engine } from "../docker/engine.js";
import { createSigns } from "../ledger/find-claim.js";
import { envObjects, takeInventory, type LastSeen } from "../ledger/inventory.js";
import type { HeldClaim, Ledgers } from "../ledger/ledgers.js";
import { readCard } from "../lock/card.js";
import type { HeldLocks } from "../lock/held-locks.js";
import { lockPath } from "../lock/lock-file.js";
import { probeLock } from "../lock/probe-lock.js";
import { afterFailedReap, blankAppRecord, isPostponed, readAppRecord, writeAppRecord, type AppRecord } from "../record/app-record.js";
import { readRun } from "../record/read-runs.js";

interface ReapSettings {
  readonly lockDir: string;
  readonly runsDir: string;
  readonly held: HeldLocks;
  readonly engine: Engine;
  readonly ledgers: Ledgers;
  readonly serversDir: string;
  /** What was listed before: a dry run uses it, so as not to ask once for each app. */
  readonly seen: LastSeen;
}

/** Cookies of the app's dead runs: that of the run on the card, and those of any process that still works on the app. */
export const cookiesLeft = (lockFile: string, card: LockCard | null): readonly Cookie[] => {
  const recorded = card?.runDir == null ? null : readRun(card.runDir);
  return [...new Set([...cookiesOfApp(lockFile), ...(recorded === null ? [] : [recorded.cookie])])];
};

/** How the app's last run ended, as far as is known. A killed run has no verdict; its phase is the one it was in. */
export const lastEnd = (card: LockCard | null, before: AppRecord): AppRecord["last"] => {
  const run = card?.runDir == null ? null : readRun(card.runDir);
  if (run === null) return before.last;
  return {
    runId: run.runId,
    verdict: run.verdict,
    cleanliness: run.cleanliness,
    phase: run.phases.at(-1)?.name ?? null,
    at: run.finishedAt ?? run.phases.at(-1)?.startedAt ?? run.startedAt,
  };
};

/**
 * Decides about an app whose lock is ours or nobody's. If objects that no run made carry its name, nothing is reaped, unless
 * objects of a run are there too: then those are.
 */
const judge = async (
  settings: ReapSettings,
  { domain, stack, adopted, dryRun }: { domain: Domain; stack: StackName; adopted: boolean; dryRun: boolean },
  card: LockCard | null,
  signal: AbortSignal,
): Promise<Probe> => {
  const { lockDir, runsDir, serversDir, engine, ledgers, seen } = settings;
  const held: HeldClaim = adopted
    ? { claim: { kind: "adopted" }, runDir: null }
    : createSigns({ runsDir, serversDir }).claimOf(domain, card);
  const target = { domain, stack };
  const objects =
    dryRun && seen.objects !== null
      ? [...seen.objects, ...envObjects(serversDir, target)]
      : await takeInventory(engine, serversDir, target, signal);
  const strangers = strangersOf(held.claim, objects, stack);
  if (strangers.length > 0 && ownedBy(held.claim, objects, stack).length === 0) {
    return { kind: "unclaimed", what: strangers.map(({ kind, name }) => `${kind} ${name}`) };
  }
  ledgers.hold(domain, held);
  return { kind: "orphan", cookies: cookiesLeft(lockPath(lockDir, domain), card), card };
};

/** Probes the app's lock. If the app is an orphan or unclaimed, we hold its lock from here on. */
export const probeApp = (settings: ReapSettings): ReapPorts["probeApp"] =>
  fromPromise(async ({ input, signal }): Promise<Probe> => {
    const { lockDir, runsDir, held } = settings;
    const record = readAppRecord(runsDir, input.domain);
    if (!input.adopted && record.nextTry !== null && isPostponed(record, Date.now())) {
      return { kind: "postponed", until: record.nextTry, failures: record.failedReaps };
    }
    const probe = probeLock(lockDir, input.domain, held, !input.dryRun);
    switch (probe.kind) {
      case "ours":
        return judge(settings, input, probe.card, signal);
      case "free":
        return judge(settings, input, null, signal);
      case "held":
        return { kind: "held", card: probe.card, heldMs: probe.heldMs };
      case "replaced":
      case "unusable":
        return probe;
    }
  });

/** Records the end, unlinks the lock file if the app is gone, frees the lock. After a crash in between, the next pass takes the app up. */
export const releaseApp = ({ runsDir, held, ledgers }: Pick<ReapSettings, "runsDir" | "held" | "ledgers">): ReapPorts["releaseApp"] =>
  fromPromise(async ({ input: { domain, cleanliness } }) => {
    const before = readAppRecord(runsDir, domain);
    const lock = held.get(domain);
    const last = lastEnd(lock === undefined ? null : readCard(lock.fd), before);
    const clean = cleanliness.kind === "clean";
    // The ledger is closed first: if nothing points to an open one, it would keep its run's folder for ever.
    const isClosed = clean && ledgers.close(domain);
    writeAppRecord(
      runsDir,
      domain,
      clean ? { ...blankAppRecord, last, ledger: isClosed ? null : before.ledger } : afterFailedReap({ ...before, last }, new Date()),
    );
    if (clean) held.unlink(domain);
    held.release(domain);
  });

export const letGo = ({ held }: ReapSettings): ReapPorts["letGo"] => fromPromise(async ({ input: { domain } }) => held.release(domain));
