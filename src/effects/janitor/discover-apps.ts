import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fromPromise } from "xstate";
import type { JanitorPorts } from "../../machines/janitor/janitor.ports.js";
import { failureFrom } from "../../machines/errors.js";
import { asRunApp, stackFor } from "../../machines/names.js";
import { keptBecause } from "../../machines/reap/reap-outcome.js";
import type { Candidate, ReapOutput } from "../../machines/reap/reap.types.js";
import type { Domain, LockCard } from "../../machines/vocabulary.js";
import type { Abra } from "../abra/abra.js";
import { listedApps } from "../abra/list-apps.js";
import type { Engine } from "../docker/engine.js";
import { listObjects } from "../docker/list-objects.js";
import { runAppsOf } from "../docker/objects-of-app.js";
import { createSigns } from "../ledger/find-claim.js";
import { readLedger } from "../ledger/ledger-file.js";
import type { LastSeen } from "../ledger/inventory.js";
import { readCard, readHolderCard } from "../lock/card.js";
import { locksHeldNow } from "../lock/kernel-locks.js";
import { appOfLockFile, closeQuietly, lockPath, openLockFile } from "../lock/lock-file.js";
import { appsWithLedger, ledgerOf } from "../record/app-record.js";
import { bestEffort } from "../record/best-effort.js";

export interface DiscoverSettings {
  readonly engine: Engine;
  readonly abra: Abra;
  readonly zone: string;
  readonly serversDir: string;
  readonly lockDir: string;
  readonly runsDir: string;
  /** Filled with what was listed. */
  readonly seen?: LastSeen;
  /** Rejects if another host drives this Swarm: the locks of its live runs are not visible here. */
  readonly assertDriver: (signal: AbortSignal) => Promise<void>;
  readonly note: (line: string) => void;
}

const namesIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder);
  } catch {
    return []; // Without the folder there are no such apps.
  }
};

/** The apps that have an .env in some server's folder. */
const envApps = (serversDir: string): readonly string[] =>
  namesIn(serversDir).flatMap((server) =>
    namesIn(join(serversDir, server)).flatMap((name) => (name.endsWith(".env") ? [name.slice(0, -".env".length)] : [])),
  );

/**
 * The apps of which a dead run may have left something that does not carry their name. The link alone proves nothing: a run
 * that lost its lock at its very end has closed its ledger but may not remove the link, and somebody may have removed the
 * run's folder.
 */
const appsInLedgers = ({ runsDir, zone }: DiscoverSettings): readonly Domain[] =>
  appsWithLedger(runsDir).flatMap((name) => {
    const domain = asRunApp(name, zone);
    const run = domain === null ? null : ledgerOf(runsDir, domain);
    if (domain === null || run === null || !existsSync(join(runsDir, run))) return [];
    return readLedger(join(runsDir, run), domain)?.closedAt == null ? [domain] : [];
  });

/** The apps that have a lock file. */
export const lockedApps = (lockDir: string): readonly string[] => namesIn(lockDir).flatMap((name) => appOfLockFile(name) ?? []);

/**
 * Every run app that anything on the host mentions, and what mentions it. Names of any other form are not candidates.
 *
 * A lock file alone does not make a candidate: the sweep deals with it. If abra cannot list, that is noted, since its .env
 * files are read directly. If docker cannot list, rejects.
 */
export const findApps = async (settings: DiscoverSettings, signal: AbortSignal): Promise<readonly Candidate[]> => {
  const { engine, abra, zone, serversDir, note } = settings;
  const [objects, listed] = await Promise.all([
    listObjects(engine, signal),
    listedApps(abra, signal).catch((error: unknown) => {
      const { message, hint } = failureFrom(error);
      note(`${message}. ${hint}`);
      return [];
    }),
  ]);
  if (settings.seen !== undefined) settings.seen.objects = objects;
  const seen = new Map<string, Set<string>>();
  const add = (name: string, as: string): void => {
    if (asRunApp(name, zone) === null) return;
    seen.set(name, (seen.get(name) ?? new Set()).add(as));
  };
  for (const [domain, kinds] of runAppsOf(objects, zone)) for (const kind of kinds) add(domain, kind);
  for (const name of listed) add(name, "abra");
  for (const name of envApps(serversDir)) add(name, "env");
  for (const name of appsInLedgers(settings)) add(name, "ledger");
  for (const name of lockedApps(settings.lockDir)) if (seen.has(name)) add(name, "lock file");
  return [...seen].flatMap(([name, kinds]) => {
    const domain = asRunApp(name, zone);
    return domain === null ? [] : [{ domain, stack: stackFor(domain), seenAs: [...kinds].sort(), adopted: false }];
  });
};

/** The card in the lock file at a path: the living holder's, or else the last holder's. */
const cardAt = (path: string, living = true): LockCard | null => {
  const fd = openLockFile(path, false);
  if (fd === null) return null;
  try {
    return living ? readHolderCard(fd) : readCard(fd);
  } finally {
    closeQuietly(fd);
  }
};

/**
 * Splits what was found. Apps whose lock the kernel lists as held are settled: on a busy host nearly every app belongs to a
 * live run, and an actor for each cost 0.4 ms. Apps without a sign that a run made them are settled too, because no lock file
 * may be created for them. The sign is looked for again under the lock.
 */
const settle = (
  found: readonly Candidate[],
  { lockDir, runsDir, serversDir }: DiscoverSettings,
): { candidates: readonly Candidate[]; settled: readonly ReapOutput[] } => {
  const heldFor = locksHeldNow();
  const signs = createSigns({ runsDir, serversDir });
  const candidates: Candidate[] = [];
  const settled: ReapOutput[] = [];
  for (const candidate of found) {
    const path = lockPath(lockDir, candidate.domain);
    const heldMs = bestEffort(() => heldFor(path));
    if (heldMs !== null) settled.push({ candidate, outcome: keptBecause({ kind: "held", card: bestEffort(() => cardAt(path)), heldMs }) });
    else if (
      candidate.adopted ||
      signs.claimOf(
        candidate.domain,
        bestEffort(() => cardAt(path, false)),
      ).claim.kind !== "none"
    )
      candidates.push(candidate);
    else settled.push({ candidate, outcome: keptBecause({ kind: "unclaimed", what: [] }) });
  }
  return { candidates, settled };
};

export const discoverApps = (settings: DiscoverSettings): JanitorPorts["discoverApps"] =>
  fromPromise(async ({ input: { except, adopt }, signal }) => {
    await settings.assertDriver(signal);
    const found = (await findApps(settings, signal)).filter(({ domain }) => domain !== except);
    const asked =
      adopt === null ? found : found.flatMap((candidate) => (candidate.domain === adopt ? [{ ...candidate, adopted: true }] : []));
    return settle(asked, settings);
  });
