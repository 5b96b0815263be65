import { existsSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { Claim } from "../../machines/ledger/attribution.js";
import type { Domain, LockCard } from "../../machines/vocabulary.js";
import { readEnvFile } from "../abra/own-env.js";
import { signedBy } from "../abra/run-sign.js";
import { bestEffort } from "../record/best-effort.js";
import { envFilesOf } from "../abra/env-files.js";
import { readAppRecord } from "../record/app-record.js";
import { readRun } from "../record/read-runs.js";
import type { RunRecordFile } from "../record/run-record.js";
import { createRunsByDomain } from "../record/runs-by-domain.js";
import { readLedger } from "./ledger-file.js";
import type { HeldClaim } from "./ledgers.js";

export interface SignSettings {
  readonly runsDir: string;
  readonly serversDir: string;
}

/** Whoever may write into the lock folder can forge a card, so only a folder among our own runs is accepted. */
const ownRunDir = (runsDir: string, runDir: string | null | undefined): string | null =>
  runDir != null && resolve(dirname(runDir)) === resolve(runsDir) ? runDir : null;

/** Whether a run ended and verified that nothing was left. */
const hasCleanedUp = (run: RunRecordFile): boolean => run.exitCode !== null && run.cleanliness === "clean";

/** Whether a run acted on the Swarm at all: one that was killed before, or refused to, left nothing there. */
const hasActed = (run: RunRecordFile): boolean => run.phases.some(({ name }) => name === "deploy");

const byLedger = (runDir: string, domain: Domain): HeldClaim | "closed" | null => {
  const ledger = readLedger(runDir, domain);
  if (ledger === null) return null;
  return ledger.closedAt === null ? { claim: { kind: "ledger", ledger }, runDir } : "closed";
};

/** Whether a run signed this .env. A link, a FIFO or a file that is too large was not written by a run. */
const isSignedEnv = (file: string): boolean => signedBy(bestEffort(() => readEnvFile(file)) ?? "") !== null;

const signed = (by: string): HeldClaim => ({ claim: { kind: "signed", by } satisfies Claim, runDir: null });

/**
 * Looks for a sign that a run made an app: the ledger of the run that the lock's card or the app's record names; else the
 * card, a run's record or the .env alone.
 *
 * A run that is known to have cleaned up is not a sign: what is there now came later. Reads a few small files, and the
 * records of all runs only if nothing else gives a sign.
 */
export const createSigns = ({ runsDir, serversDir }: SignSettings) => {
  const runsOf = createRunsByDomain(runsDir);
  /** The sign of one run: its ledger, else its record. `closed`: nothing of this run is left. */
  const byRun = (runDir: string, domain: Domain, by: string): HeldClaim | "closed" | null => {
    const ledger = byLedger(runDir, domain);
    if (ledger !== null) return ledger;
    const run = readRun(runDir);
    if (run === null || run.domain !== domain) return null;
    return hasCleanedUp(run) || !hasActed(run) ? "closed" : signed(by);
  };
  return {
    /** `card`: that of the last holder of the app's lock. */
    claimOf(domain: Domain, card: LockCard | null): HeldClaim {
      const cardDir = ownRunDir(runsDir, card?.runDir);
      const record = readAppRecord(runsDir, domain);
      const pointed = record.ledger === null ? null : join(runsDir, basename(record.ledger));
      const asked = [cardDir, pointed].flatMap((dir) => (dir === null ? [] : (byRun(dir, domain, "the lock's card") ?? [])));
      const open = asked.filter((found) => found !== "closed");
      const best = open.find(({ claim }) => claim.kind === "ledger") ?? open[0];
      if (best !== undefined) return best;
      if (asked.length === 0 && card !== null && card.runId !== null && (cardDir === null || !existsSync(cardDir)))
        return signed("the lock's card");
      if (record.failedReaps > 0) return signed("a reap that failed");
      if (record.last !== null && record.last.cleanliness !== "clean" && record.last.phase !== "recover") return signed("the app's record");
      if (envFilesOf(serversDir, domain).some(isSignedEnv)) return signed("its .env");
      if (asked.length > 0) return { claim: { kind: "none" }, runDir: null };
      for (const { runId } of runsOf(domain)) {
        const found = byRun(join(runsDir, runId), domain, "a run's record");
        if (found !== null) return found === "closed" ? { claim: { kind: "none" }, runDir: null } : found;
      }
      return { claim: { kind: "none" }, runDir: null };
    },
  };
};

export type Signs = ReturnType<typeof createSigns>;
