import { asFailure, bugHint, type FailureGiven } from "../errors.js";
import type { Cleanliness, Domain, Failure, Residue, TierResult, Verdict } from "../vocabulary.js";
import { verdictBy } from "./verdict.js";

const overruns = {
  prepare: {
    code: "prepare-overrun",
    message: "the recipe could not be prepared in time",
    hint: "Is the forge slow? Try the clone by hand, or stage the recipe and set CCCI_SKIP_FETCH=1.",
  },
  acquire: {
    code: "lock-timeout",
    message: "the app's lock could not be acquired in time",
    hint: "recipe-ci status says who holds it and since when. Raise --lock-timeout to wait longer.",
  },
  recover: {
    code: "recover-overrun",
    message: "what an earlier run left could not be looked at or removed in time",
    hint: "Try: recipe-ci janitor --dry-run",
  },
  look: {
    code: "look-overrun",
    message: "the stack could not be looked at after the tests: docker did not answer in time",
    hint: "Is the daemon restarting? Try: docker info",
  },
} as const satisfies Record<string, FailureGiven>;

/** The failure of a wait that used up its budget, by phase. */
export const overran = (phase: keyof typeof overruns): Failure => asFailure(overruns[phase]);

const residueLine = ({ kind, name }: Residue): string => `${kind} ${name}`;

/** Somebody else's objects carry the name of this run's app: a deploy or a clean-up would act on them. */
export const unclaimedFailure = (domain: Domain, unclaimed: readonly Residue[]): Failure =>
  asFailure({
    code: "unclaimed-remains",
    message: `something is there under the name ${domain}, and nothing says that a run made it`,
    hint: `Look at it. If it may go: recipe-ci janitor --adopt ${domain}`,
    details: unclaimed.map(residueLine),
  });

const notRemoved = (what: string, cleanliness: Cleanliness): Failure =>
  asFailure({
    code: "recovery-failed",
    message: `${what} could not be removed`,
    hint: "Look at the host: recipe-ci janitor --dry-run names what is left and why.",
    details: cleanliness.kind === "dirty" ? cleanliness.residue.map(residueLine) : [],
  });

/** Residue of an earlier run could not be removed: a deploy over it would test something else. */
export const recoveryFailure = (cleanliness: Cleanliness): Failure => notRemoved("what an earlier run of this app left", cleanliness);

/** Between two rounds the app is removed: what stays would be tested by the next round. */
export const replacingFailure = (cleanliness: Cleanliness): Failure => notRemoved("the deployment that was tested before", cleanliness);

/** Somebody else deployed the app during the run, or the run deployed more often than it should: it did not test what was meant. */
export const miscounted = (found: number, due: number): Failure =>
  asFailure({
    code: "deploys-miscounted",
    message: `abra was asked for ${found} deploys, and the plan has ${due}`,
    hint: bugHint,
  });

/** The verdict of a run after this result of a tier; null: the run goes on. */
export const unfinished = ({ outcome }: TierResult): Verdict | null =>
  outcome.kind === "pass" || outcome.kind === "skip" ? null : verdictBy(outcome.failure);
