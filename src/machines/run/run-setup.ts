import { assign, setup } from "xstate";
import { changedFailure } from "../convergence/changed-services.js";
import { whyUnsteady } from "../convergence/judge-steady.js";
import { depsMachine } from "../deps/deps.machine.js";
import type { DepsOutput } from "../deps/deps.types.js";
import { deployMachine } from "../deploy/deploy.machine.js";
import type { DeployOutput } from "../deploy/deploy.types.js";
import type { Evidence } from "../errors.js";
import { janitorMachine } from "../janitor/janitor.machine.js";
import { teardownsMachine } from "../teardowns/teardowns.machine.js";
import { teardownMachine } from "../teardown/teardown.machine.js";
import { tierMachine } from "../tier/tier.machine.js";
import type { TierOutput } from "../tier/tier.types.js";
import type { Cleanliness, Failure, LockCard, StopCause, Tier } from "../vocabulary.js";
import { deploymentOf, deploysDue, factsOfNew, settled, targetsOf } from "./run-context.js";
import { miscounted, unfinished } from "./run-failures.js";
import { verdictBy, verdictOf } from "./verdict.js";
import { runPorts, type LastLook } from "./run.ports.js";
import type { Prepared, Remains, RunContext, RunEvent, RunInput, RunOutput } from "./run.types.js";

/** Why the last look forbids a green verdict, or null. */
const whyNotGreen = (context: RunContext, { look, deploys }: LastLook): Failure | null => {
  const { stack } = deploymentOf(context).up;
  return (
    changedFailure(stack.watch, look, "the tests") ??
    whyUnsteady(stack, look, settled(context).settings.convergence, "the tests") ??
    (deploys === deploysDue(context) ? null : miscounted(deploys, deploysDue(context)))
  );
};

/** Everything that the run's states use: actors, actions, guards, delays. */
export const runSetup = setup({
  types: {
    input: {} as RunInput,
    context: {} as RunContext,
    events: {} as RunEvent,
    output: {} as RunOutput,
    tags: {} as "uninterruptible" | "holds-lock",
  },
  actors: {
    ...runPorts,
    janitor: janitorMachine,
    /** Removes what an earlier run left, while this run still has children of its own. */
    recoverTeardown: teardownMachine,
    deps: depsMachine,
    deploy: deployMachine,
    tier: tierMachine,
    teardowns: teardownsMachine,
  },
  actions: {
    settleStopped: assign({
      verdict: ({ context }, params: { cause: StopCause }) => context.verdict ?? { kind: "stopped", cause: params.cause },
    }),
    settleFailed: assign({
      verdict: ({ context }, params: { failure: Failure }) => context.verdict ?? verdictBy(params.failure),
    }),
    settlePassed: assign({ verdict: ({ context }) => context.verdict ?? { kind: "passed" } }),
    keepPrepared: assign({
      prepared: (_, params: { prepared: Prepared }) => params.prepared,
      tiersLeft: (_, params: { prepared: Prepared }) => params.prepared.plan.rounds[0]?.tiers ?? [],
    }),
    keepHolder: assign({ holder: (_, params: { card: LockCard | null }) => params.card }),
    keepRemains: assign({ remains: (_, params: { remains: Remains }) => params.remains }),
    countRecovered: assign({ recovered: ({ context }) => context.recovered + 1, remains: null }),
    settleDepless: assign({
      verdict: ({ context }, params: { output: DepsOutput }) =>
        context.verdict ?? (params.output.kind === "failed" ? verdictBy(params.output.failure) : null),
    }),
    keepDeployment: assign(({ context }, params: { output: DeployOutput }) => ({
      deployment: params.output.kind === "up" ? { up: params.output, facts: factsOfNew(context) } : null,
    })),
    settleUndeployed: assign({
      verdict: ({ context }, params: { output: DeployOutput }) =>
        context.verdict ?? (params.output.kind === "failed" ? verdictBy(params.output.failure) : null),
    }),
    keepTier: assign(({ context }, params: { output: TierOutput }) => ({
      deployment: { up: params.output.up, facts: params.output.facts },
      results: [...context.results, params.output.result],
      tiersLeft: context.tiersLeft.slice(1),
    })),
    settleTier: assign({
      verdict: ({ context }, params: { output: TierOutput }) => context.verdict ?? unfinished(params.output.result),
    }),
    nextRound: assign(({ context }) => ({
      round: context.round + 1,
      deployment: null,
      factsBefore: deploymentOf(context).facts,
      tiersLeft: settled(context).plan.rounds[context.round + 1]?.tiers ?? [],
    })),
    settleNotGreen: assign({
      verdict: ({ context }, params: { last: LastLook }) => {
        const failure = whyNotGreen(context, params.last);
        return context.verdict ?? (failure === null ? null : verdictBy(failure));
      },
    }),
    keepEvidence: assign({ evidence: (_, params: { evidence: Evidence }) => params.evidence }),
    keepCleanliness: assign({ cleanliness: (_, params: { cleanliness: Cleanliness }) => params.cleanliness }),
    /** Teardown itself broke or overran: what was not verified is not clean. */
    assumeDirty: assign({
      cleanliness: ({ context }): Cleanliness => ({
        kind: "dirty",
        residue: targetsOf(context).map(({ stack }) => ({ kind: "service", name: `${stack} (teardown did not finish)` })),
      }),
    }),
    noteIgnored: assign({ ignored: ({ context }, params: { what: string }) => [...context.ignored, params.what] }),
  },
  guards: {
    hasRemains: (_, params: { remains: Remains }) => params.remains.residue.length > 0 || params.remains.cookies.length > 0,
    isUnclaimed: (_, params: { remains: Remains }) => params.remains.unclaimed.length > 0,
    /** A node that cannot be asked does not prevent a deploy elsewhere. The run's own teardown reports it again. */
    isOutOfTheWay: (_, params: { cleanliness: Cleanliness }) =>
      params.cleanliness.kind === "clean" || params.cleanliness.kind === "unverified",
    isUnrecovered: ({ context }) => context.recovered < targetsOf(context).length,
    hasDeps: ({ context }) => settled(context).deps.length > 0,
    areUp: (_, params: { output: DepsOutput }) => params.output.kind === "up",
    isUp: (_, params: { output: DeployOutput }) => params.output.kind === "up",
    isNext: ({ context }, params: { tier: Tier }) => context.tiersLeft[0] === params.tier,
    isRoundLeft: ({ context }) => context.round + 1 < settled(context).plan.rounds.length,
    isEverythingPassed: ({ context }) => context.tiersLeft.length === 0 && context.results.length > 0,
    isTierPassed: (_, params: { output: TierOutput }) => unfinished(params.output.result) === null,
    isNotGreen: ({ context }, params: { last: LastLook }) => whyNotGreen(context, params.last) !== null,
    isHeld: ({ context }) => context.hold === "always" || (context.hold === "failure" && verdictOf(context).kind === "failed"),
    isOurs: (_, params: { answer: "ours" | "taken" }) => params.answer === "ours",
  },
  delays: {
    /** The whole deadline. The wiring replaces it with what is left at the moment of entry. */
    deadline: ({ context }) => context.deadlineMs,
    lockTimeout: ({ context }) => context.lockTimeoutMs,
    prepareBudget: ({ context }) => context.budgets.prepare,
    janitorBudget: ({ context }) => context.budgets.janitor,
    recoverBudget: ({ context }) => context.budgets.recover,
    drainBudget: ({ context }) => context.budgets.drain,
    teardownBudget: ({ context }) => context.budgets.teardown,
    reportBudget: ({ context }) => context.budgets.report,
    explainBudget: ({ context }) => context.budgets.explain,
    lookBudget: ({ context }) => context.budgets.look,
    pictureBudget: ({ context }) => context.budgets.picture,
  },
});
