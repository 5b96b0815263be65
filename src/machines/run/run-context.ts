import type { DeployInput } from "../deploy/deploy.types.js";
import { must } from "../must.js";
import type { Round } from "../plan.js";
import type { TeardownTarget } from "../teardown/teardown.types.js";
import { firstFacts, type Facts } from "../tier/facts.js";
import type { TierInput } from "../tier/tier.types.js";
import { tierSpecs } from "../tiers/tier-specs.js";
import type { App, Tier } from "../vocabulary.js";
import type { Deployment, Prepared, Remains, RunContext } from "./run.types.js";

/** Present from `holding` on; throws before. */
export const settled = (context: RunContext): Prepared => must(context.prepared, "a prepared recipe");

const roundOf = (context: RunContext): Round => must(settled(context).plan.rounds[context.round], "a round of its plan");

export const remainsOf = (context: RunContext): Remains => must(context.remains, "remains to clean");

/** Present from `test` on; throws before. */
export const deploymentOf = (context: RunContext): Deployment => must(context.deployment, "a deployment");

const asTarget = ({ domain, stack }: App): TeardownTarget => ({ domain, stack });

/** The app as teardown knows it. */
export const targetOf = (context: RunContext): TeardownTarget => asTarget(settled(context).app);

/** All apps of the run in the order in which they are torn down: the app, then its deps, the last deployed first. */
export const targetsOf = (context: RunContext): readonly TeardownTarget[] => {
  const { app, deps } = settled(context);
  return [app, ...deps.toReversed().map((dep) => dep.app)].map(asTarget);
};

/** The app that is being recovered. */
export const recovering = (context: RunContext): TeardownTarget => must(targetsOf(context)[context.recovered], "an app to recover");

/** The facts of a deployment that has just come up. */
export const factsOfNew = (context: RunContext): Facts => {
  const { deploys, keepsFacts } = roundOf(context);
  return keepsFacts === true
    ? { ...must(context.factsBefore, "what the round before did"), version: deploys, asked: null }
    : firstFacts(deploys);
};

/** How many deploys a run has done by its end if nobody else deployed. */
export const deploysDue = (context: RunContext): number => settled(context).deps.length + context.round + 1;

export const deployInput = (context: RunContext): DeployInput => {
  const { app, settings } = settled(context);
  return { app, settings, version: roundOf(context).deploys, budgets: context.budgets };
};

export const tierInput = (context: RunContext, tier: Tier): TierInput => {
  const { app, settings } = settled(context);
  const { up, facts } = deploymentOf(context);
  const target = tierSpecs[tier].bringsRef ? { tag: null, commit: app.commit } : facts.version;
  return { tier, app, settings, budgets: context.budgets, target, facts, up };
};
