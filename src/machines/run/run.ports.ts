import type { StackSnapshot } from "../convergence/stack.types.js";
import type { Plan } from "../plan.js";
import type { Slip } from "../slip.js";
import { callbackPort, observablePort, promisePort } from "../ports.js";
import { settlePorts } from "../settle/settle.ports.js";
import type { App, Cleanliness, Domain, LockCard, StackName, TierResult, Verdict } from "../vocabulary.js";
import type { LockEvent, Prepared, Remains, StopEvent } from "./run.types.js";

/** What the last look before green finds. */
export interface LastLook {
  readonly look: StackSnapshot;
  /** As abra was asked to, upgrades aside. */
  readonly deploys: number;
}

/** What a run asks of the world, beside the machines it invokes (deploy, tier, teardown, janitor). */
export const runPorts = {
  /** Every way to be told to end early, as one event. Never completes, never errors. */
  stops: observablePort<StopEvent, undefined>("stops"),
  /**
   * Per-run ABRA_DIR, the recipe at its ref, settings, domain. Writes nothing outside the run's folder.
   * Unknown recipe or bad ref: exit code 2. Forge not reachable: 69.
   */
  prepareRecipe: promisePort<
    Prepared,
    { recipe: string; source: string | null; ref: string | null; pr: number; zone: string }
  >("prepareRecipe"),
  /**
   * Waits for the locks of all the run's apps, in one order for every run; reports and watches. The descriptors are the
   * process's: leaving the state frees no lock.
   */
  holdLock: callbackPort<LockEvent, { domain: Domain; others: readonly Domain[] }>("holdLock"),
  /** One look at the stack, and how often the run has deployed. Asks until docker answers, or until it is aborted. */
  lookAtStack: promisePort<LastLook, { app: App }>("lookAtStack"),
  /** A picture of the app's first page, where there is a browser, and the end of what else was begun for the report. Cannot change the verdict. */
  takePicture: promisePort<void, { url: string }>("takePicture"),
  gatherEvidence: settlePorts.gatherEvidence,
  /**
   * Residue and survivors of the app, whether or not a record mentions them; and the run's ledger, on disk when this
   * resolves: what exists now and is no dead run's of this app is foreign for ever. Rejects where it cannot be written.
   */
  findRemains: promisePort<Remains, { domain: Domain; stack: StackName; previous: LockCard | null }>("findRemains"),
  /**
   * Tells people where the app is and how to look into it; resolves when they have seen enough. Does not end by itself:
   * the run's deadline and its stops end the wait.
   */
  awaitRelease: promisePort<void, { app: App; url: string | null; verdict: Verdict }>("awaitRelease"),
  /**
   * After a lost lock: ends our own children, then looks. `ours` when the live path of each could be locked, `taken`
   * when another run owns one of the apps now.
   */
  reclaimLock: promisePort<"ours" | "taken", { domains: readonly Domain[] }>("reclaimLock"),
  /** Ends the janitor pass's children and then lets its probe locks go. */
  drainJanitor: promisePort<void, undefined>("drainJanitor"),
  /** No child of ours is alive afterwards, and none can be born. */
  drainAll: promisePort<void, undefined>("drainAll"),
  /** Results, JUnit, badge, report. Cannot change the verdict. */
  writeReport: promisePort<
    void,
    { app: App | null; verdict: Verdict; cleanliness: Cleanliness; results: readonly TierResult[]; url: string | null; plan: Plan | null; slips: readonly Slip[] }
  >("writeReport"),
};

export type RunPorts = typeof runPorts;
