import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fromPromise } from "xstate";
import type { JanitorPorts } from "../../machines/janitor/janitor.ports.js";
import { asRunApp, stackFor } from "../../machines/names.js";
import { keptBecause } from "../../machines/reap/reap-outcome.js";
import type { Candidate, ReapOutput } from "../../machines/reap/reap.types.js";
import type { LockCard } from "../../machines/vocabulary.js";
import type { Abra } from "../abra/abra.js";
import { listedApps } from "../abra/list-apps.js";
import type { Engine } from "../docker/engine.js";
import { listObjects } from "../docker/list-objects.js";
import { runAppsOf } from "../docker/objects-of-app.js";
import { readHolderCard } from "../lock/card.js";
import { locksHeldNow } from "../lock/kernel-locks.js";
import { appOfLockFile, closeQuietly, lockPath, openLockFile } from "../lock/lock-file.js";
import { safely } from "../record/safely.js";

export interface DiscoverSettings {
  readonly engine: Engine;
  readonly abra: Abra;
  readonly zone: string;
  readonly serversDir: string;
  readonly lockDir: string;
  readonly note: (line: string) => void;
}

const namesIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder);
  } catch {
    return []; // No such folder: no such apps.
  }
};

/** The apps that some server's folder has an .env of. */
const envApps = (serversDir: string): readonly string[] =>
  namesIn(serversDir).flatMap((server) =>
    namesIn(join(serversDir, server)).flatMap((name) => (name.endsWith(".env") ? [name.slice(0, -".env".length)] : [])),
  );

/** The apps that there is a lock file of. */
export const lockedApps = (lockDir: string): readonly string[] => namesIn(lockDir).flatMap((name) => appOfLockFile(name) ?? []);

/**
 * Every run app that anything on the host mentions, and where. Names of any other form are not even candidates.
 *
 * A lock file alone is no candidate: the sweep deals with it. abra that cannot list is a note, since its .env files are
 * read directly; a docker that cannot list rejects.
 */
export const findApps = async (settings: DiscoverSettings, signal: AbortSignal): Promise<readonly Candidate[]> => {
  const { engine, abra, zone, serversDir, note } = settings;
  const [objects, listed] = await Promise.all([
    listObjects(engine, signal),
    listedApps(abra, signal).catch((error: unknown) => {
      note(`abra app ls: ${String(error)}`);
      return [];
    }),
  ]);
  const seen = new Map<string, Set<string>>();
  const add = (name: string, as: string): void => {
    if (asRunApp(name, zone) === null) return;
    seen.set(name, (seen.get(name) ?? new Set()).add(as));
  };
  for (const [domain, kinds] of runAppsOf(objects, zone)) for (const kind of kinds) add(domain, kind);
  for (const name of listed) add(name, "abra");
  for (const name of envApps(serversDir)) add(name, "env");
  for (const name of lockedApps(settings.lockDir)) if (seen.has(name)) add(name, "lock file");
  return [...seen].flatMap(([name, kinds]) => {
    const domain = asRunApp(name, zone);
    return domain === null ? [] : [{ domain, stack: stackFor(domain), seenAs: [...kinds].sort() }];
  });
};

/** The holder's card, by the path: for what is said about it only. */
const cardAt = (path: string): LockCard | null => {
  const fd = openLockFile(path, false);
  if (fd === null) return null;
  try {
    return readHolderCard(fd);
  } finally {
    closeQuietly(fd);
  }
};

/**
 * Splits what was found by the kernel's list of locks, read once: on a busy host nearly every app is a live run's, and
 * an actor for each cost 0.4 ms.
 */
const settleHeld = (found: readonly Candidate[], lockDir: string): { candidates: readonly Candidate[]; held: readonly ReapOutput[] } => {
  const heldFor = locksHeldNow();
  const candidates: Candidate[] = [];
  const held: ReapOutput[] = [];
  for (const candidate of found) {
    const path = lockPath(lockDir, candidate.domain);
    const heldMs = safely(() => heldFor(path));
    if (heldMs === null) candidates.push(candidate);
    else held.push({ candidate, outcome: keptBecause({ kind: "held", card: safely(() => cardAt(path)), heldMs }) });
  }
  return { candidates, held };
};

export const discoverApps = (settings: DiscoverSettings): JanitorPorts["discoverApps"] =>
  fromPromise(async ({ input: { except }, signal }) =>
    settleHeld((await findApps(settings, signal)).filter(({ domain }) => domain !== except), settings.lockDir),
  );

