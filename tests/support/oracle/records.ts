import { appRecord, type Account } from "./run-files.js";
import type { Finding, OracleWorld } from "./world.js";

/** What was done to a run from outside, by whoever did it. */
export interface Harm {
  /** The first moment at which it was asked to end, ms since the epoch; null: it never was. */
  readonly stoppedAt: number | null;
  /** Its own process was sent a SIGKILL, or one that it could not yet catch. */
  readonly killed: boolean;
  /** Its disk was full for a while: it could not write down everything. */
  readonly diskWasFull?: boolean;
}

const codesOf: Readonly<Record<string, readonly number[]>> = {
  passed: [0, 3],
  failed: [1, 2, 69, 70, 75],
  stopped: [75, 129, 130, 142, 143],
};

/** A signal may take a moment to be heard: what was settled this long after it may have been settled before. ms */
const hearingMs = 1_000;

const about = ({ record, folder }: Account): string => (typeof record?.["runId"] === "string" ? record["runId"] : folder);

const hasTornDown = ({ steps }: Account): number => steps.find(({ state }) => state.startsWith("holding.tearingDown"))?.at ?? Infinity;

/** A run that was asked to end before its verdict stood, and says that it passed. */
const greenThoughStopped = (account: Account, harm: Harm): readonly Finding[] => {
  if (account.record?.["verdict"] !== "passed") return [];
  const heard = account.steps.findIndex(({ event }) => event === "stop");
  const settled = account.steps.findIndex(({ state }) => state.startsWith("holding.tearingDown"));
  const inOrder = heard === -1 || (settled !== -1 && heard >= settled);
  const inTime = harm.stoppedAt === null || hasTornDown(account) <= harm.stoppedAt + hearingMs;
  return inOrder && inTime
    ? []
    : [{ kind: "verdict", what: `${about(account)} passed, though it was told to stop before its verdict stood` }];
};

const hasDeployed = (record: Readonly<Record<string, unknown>>): boolean =>
  Array.isArray(record["phases"]) && (record["phases"] as readonly { name?: unknown }[]).some(({ name }) => name === "deploy");

/** Nothing is deployed without a ledger; one that stays open after the app is gone would claim what others put there later. */
const openLedger = ({ ledger }: Account, record: Readonly<Record<string, unknown>>): readonly string[] => {
  if (!hasDeployed(record)) return [];
  if (ledger === null) return ["deployed without a ledger"];
  return record["cleanliness"] === "clean" && typeof ledger["closedAt"] !== "string" ? ["clean, and its ledger is open"] : [];
};

const closed = (account: Account, record: Readonly<Record<string, unknown>>): readonly Finding[] => {
  const wrong = (what: string): Finding => ({ kind: "record", what: `${about(account)}: ${what}` });
  const { verdict, exitCode, state, cause, cleanliness, residue, unasked, finishedAt } = record as Record<string, unknown>;
  const left = Array.isArray(residue) ? residue.length : -1;
  return [
    ...(codesOf[String(verdict)]?.includes(Number(exitCode)) === true
      ? []
      : [wrong(`verdict ${String(verdict)} with exit code ${String(exitCode)}`)]),
    ...(state === "released" && typeof finishedAt === "string" ? [] : [wrong(`closed, yet in ${String(state)}`)]),
    ...((verdict === "stopped") === (cause !== null) ? [] : [wrong(`verdict ${String(verdict)} with cause ${String(cause)}`)]),
    ...((cleanliness === "dirty") === left > 0 ? [] : [wrong(`${String(cleanliness)} with ${left} things left`)]),
    ...((cleanliness === "unverified") === (Array.isArray(unasked) && unasked.length > 0)
      ? []
      : [wrong(`${String(cleanliness)}, and the nodes that were not asked are not named`)]),
    ...openLedger(account, record).map(wrong),
  ];
};

/** Phases in which the app may be on the Swarm. */
const touching = new Set(["deploy", "test"]);

const heldAt = ({ steps }: Account): number => steps.find(({ event }) => event === "lock.held")?.at ?? Number.NaN;

/** A run that never closed its record must have been killed, and what the app's record says of it must be that. */
const unclosed = (
  account: Account,
  record: Readonly<Record<string, unknown>>,
  world: OracleWorld,
  harm: Harm,
  all: readonly Account[],
): readonly Finding[] => {
  const wrong = (what: string): Finding => ({ kind: "record", what: `${about(account)}: ${what}` });
  if (!harm.killed) return [wrong(`ended without closing its record, and nobody killed it; last in ${String(record["state"])}`)];
  const phases = Array.isArray(record["phases"]) ? (record["phases"] as readonly { name?: unknown }[]) : [];
  if (!touching.has(String(phases.at(-1)?.name))) return [];
  const domain = String(record["domain"]);
  const last = appRecord(world.runsDir, domain)?.["last"] as { runId?: unknown; verdict?: unknown } | null | undefined;
  if (last?.runId === record["runId"])
    return last?.verdict === null ? [] : [wrong(`killed, but the record of ${domain} says ${JSON.stringify(last?.verdict)}`)];
  // A run that had the lock later has its own end written there, after it cleaned up; it may have begun, and waited, earlier.
  const later = all.some(
    (other) => other.record?.["domain"] === domain && other.record["runId"] === last?.runId && heldAt(other) > heldAt(account),
  );
  return later ? [] : [wrong(`killed in ${String(phases.at(-1)?.name)}, and the record of ${domain} does not say so`)];
};

/** Whether every run's record explains how it ended, and no run that was stopped is green. After a janitor's pass. */
export const judgeRecords = (world: OracleWorld, accounts: readonly Account[], harmOf: (runId: string) => Harm): readonly Finding[] =>
  accounts.flatMap((account): readonly Finding[] => {
    const { record } = account;
    if (record === null) return [{ kind: "record", what: `${account.folder}/run.json cannot be read` }];
    const harm = harmOf(about(account));
    if (harm.diskWasFull === true) return greenThoughStopped(account, harm);
    const ends = record["exitCode"] === null ? unclosed(account, record, world, harm, accounts) : closed(account, record);
    return [...ends, ...greenThoughStopped(account, harm)];
  });
