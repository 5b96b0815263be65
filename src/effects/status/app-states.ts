import { failureFrom } from "../../machines/errors.js";
import { asRunApp } from "../../machines/names.js";
import type { Domain } from "../../machines/vocabulary.js";
import { isStopped } from "../children/is-stopped.js";
import { findApps, lockedApps, type DiscoverSettings } from "../janitor/discover-apps.js";
import { createSigns, type Signs } from "../ledger/find-claim.js";
import { cardBytesMax, parseCard } from "../lock/card.js";
import { readRegular } from "../files/regular-file.js";
import { HeldLocks } from "../lock/held-locks.js";
import { lockPath } from "../lock/lock-file.js";
import { lockQueue } from "../lock/lock-queue.js";
import { probeLock } from "../lock/probe-lock.js";
import { readAppRecord, type AppRecord } from "../record/app-record.js";
import { readRun, runOfProcess } from "../record/read-runs.js";
import { bestEffort } from "../record/best-effort.js";
import { locksToRead } from "./locks-to-read.js";

interface Holder {
  readonly pid: number | null;
  /** Whether it is stopped by a signal or a debugger: it keeps its lock and does nothing until it is continued. */
  readonly stopped: boolean;
  readonly runId: string | null;
  readonly link: string | null;
  readonly since: string | null;
  readonly state: string | null;
  readonly deadline: string | null;
}

export interface AppState {
  readonly domain: string;
  /** `unclaimed`: something of that name exists, but nothing shows that a run made it. */
  readonly state: "held" | "orphan" | "dirty" | "unclaimed" | "free";
  readonly holder: Holder | null;
  readonly waiters: readonly { readonly pid: number; readonly runId: string | null }[];
  readonly last: {
    readonly runId: string | null;
    readonly verdict: string | null;
    readonly cleanliness: string | null;
    readonly at: string;
  } | null;
}

type StatusSettings = DiscoverSettings;

const holderOf = (path: string, pid: number | null): Holder => {
  const text = bestEffort(() => readRegular(path, cardBytesMax).toString("utf8"));
  const card = text === null ? null : parseCard(text);
  // A card counts only for its writer: a holder other than recipe-ci writes none, so the file still has an earlier holder's.
  const own = card !== null && (pid === null || card.pid === pid) ? card : null;
  const run = own?.runDir == null ? null : readRun(own.runDir);
  const process = own?.pid ?? pid;
  return {
    pid: process,
    stopped: process !== null && isStopped(process),
    runId: own?.runId ?? null,
    link: own?.link ?? null,
    since: own?.since ?? null,
    state: run?.state ?? null,
    deadline: run?.deadline ?? null,
  };
};

const lastOf = ({ last }: AppRecord): AppState["last"] =>
  last === null ? null : { runId: last.runId, verdict: last.verdict, cleanliness: last.cleanliness, at: last.at };

const unheldState = (record: AppRecord, isClaimed: boolean): AppState["state"] => {
  if (!isClaimed) return "unclaimed";
  return record.failedReaps > 0 || record.last?.cleanliness === "dirty" || record.last?.cleanliness === "unverified" ? "dirty" : "orphan";
};

const stateOf = (settings: StatusSettings, signs: Signs, domain: Domain, hasResidue: boolean): AppState => {
  const held = new HeldLocks();
  const probe = probeLock(settings.lockDir, domain, held, false);
  held.releaseAll();
  const path = lockPath(settings.lockDir, domain);
  const record = readAppRecord(settings.runsDir, domain);
  const queue = probe.kind === "held" ? lockQueue(path) : { holder: null, waiters: [] };
  const isClaimed = (): boolean => signs.claimOf(domain, probe.kind === "ours" ? probe.card : null).claim.kind !== "none";
  return {
    domain,
    state: probe.kind === "held" ? "held" : hasResidue ? unheldState(record, isClaimed()) : "free",
    holder: probe.kind === "held" ? holderOf(path, queue.holder) : null,
    waiters: queue.waiters.map((pid) => ({ pid, runId: runOfProcess(settings.runsDir, pid)?.runId ?? null })),
    last: lastOf(record),
  };
};

/**
 * Every app that has anything on the Swarm, or a lock file: of thousands of those that are all there is of their apps,
 * a part, and how many more there are is noted. Without docker, the locks alone.
 */
export const appStates = async (settings: StatusSettings): Promise<readonly AppState[]> => {
  await settings.assertDriver(AbortSignal.timeout(30_000)).catch((error: unknown) => settings.note(failureFrom(error).message));
  const found = await findApps(settings, AbortSignal.timeout(30_000)).catch((error: unknown) => {
    settings.note(`the Swarm could not be asked: ${failureFrom(error).message}`);
    return [];
  });
  const residue = new Set<string>(found.map(({ domain }) => domain));
  const inZone = (names: readonly string[]): readonly Domain[] => names.flatMap((name) => asRunApp(name, settings.zone) ?? []);
  const locks = locksToRead(
    settings.lockDir,
    inZone(lockedApps(settings.lockDir)).filter((domain) => !residue.has(domain)),
  );
  if (locks.left > 0)
    settings.note(`${locks.left} more lock files without an app were not read; recipe-ci janitor removes those that nobody holds`);
  const signs = createSigns(settings);
  return [...inZone([...residue]), ...locks.read].toSorted().map((domain) => stateOf(settings, signs, domain, residue.has(domain)));
};
