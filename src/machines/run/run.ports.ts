import type { StackSnapshot } from "../convergence/stack.types.js";
import type { Plan } from "../plan.js";
import type { Slip } from "../slip.js";
import { callbackPort, observablePort, promisePort } from "../ports.js";
import { settlePorts } from "../settle/settle.ports.js";
import type { App, Cleanliness, Domain, LockCard, StackName, TierResult, Verdict } from "../vocabulary.js";
import type { LockEvent, Prepared, Remains, StopEvent } from "./run.types.js";

/** What the last look before a green verdict finds. */
export interface LastLook {
  readonly look: StackSnapshot;
  /** How often abra was asked to deploy, not counting upgrades. */
  readonly deploys: number;
}

/** What a run asks of the world, besides the machines it invokes (deploy, tier, teardown, janitor). */
export const runPorts = {
  /** Every way to be told to end early, as one event. Never completes, never errors. */
  stops: observablePort<StopEvent, undefined>("stops"),
  /**
   * Prepares the run's ABRA_DIR, the recipe at its ref, settings and domain. Writes nothing outside the run's folder.
   * Rejects with exit code 2 for an unknown recipe or a bad ref, with 69 if the forge cannot be reached.
   */
  prepareRecipe: promisePort<Prepared, { recipe: string; source: string | null; ref: string | null; pr: number; zone: string }>(
    "prepareRecipe",
  ),
  /**
   * Waits for the locks of all the run's apps, in the same order in every run; reports and watches them. The process owns
   * the descriptors: leaving the state frees no lock.
   */
  holdLock: callbackPort<LockEvent, { domain: Domain; others: readonly Domain[] }>("holdLock"),
  /** One look at the stack, and how often the run has deployed. Asks until docker answers or the port is aborted. */
  lookAtStack: promisePort<LastLook, { app: App }>("lookAtStack"),
  /** Takes a screenshot of the app if there is a browser, and waits for what else was begun for the report. Cannot change the verdict. */
  takePicture: promisePort<void, { url: string }>("takePicture"),
  gatherEvidence: settlePorts.gatherEvidence,
  /**
   * Finds residue and survivors of the app, whether or not a record mentions them, and takes the run's ledger, which is
   * on disk when this resolves: what exists now and was not left by a dead run of this app is foreign for ever. Rejects
   * if it cannot be written.
   */
  findRemains: promisePort<Remains, { domain: Domain; stack: StackName; previous: LockCard | null }>("findRemains"),
  /**
   * Tells people where the app is and how to inspect it; resolves when they release it. It has no limit of its own:
   * the run's deadline and its stops end the wait.
   */
  awaitRelease: promisePort<void, { app: App; url: string | null; verdict: Verdict }>("awaitRelease"),
  /**
   * After a lost lock: ends our own children, then tries again. `ours`: the live file of every app could be locked.
   * `taken`: another run owns one of the apps now.
   */
  reclaimLock: promisePort<"ours" | "taken", { domains: readonly Domain[] }>("reclaimLock"),
  /** Ends the children of the janitor's pass, then releases its probe locks. */
  drainJanitor: promisePort<void, undefined>("drainJanitor"),
  /** Afterwards no child of ours is alive, and none can be started. */
  drainAll: promisePort<void, undefined>("drainAll"),
  /** Writes results, JUnit, badge and report. Cannot change the verdict. */
  writeReport: promisePort<
    void,
    {
      app: App | null;
      verdict: Verdict;
      cleanliness: Cleanliness;
      results: readonly TierResult[];
      url: string | null;
      plan: Plan | null;
      slips: readonly Slip[];
    }
  >("writeReport"),
};

export type RunPorts = typeof runPorts;
