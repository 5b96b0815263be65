import { assign, setup } from "xstate";
import { deployMachine } from "../deploy/deploy.machine.js";
import { followSteady, whyUnsteady, type SteadyStack } from "../convergence/judge-steady.js";
import { lookAfter } from "../convergence/stack-watch.js";
import type { StackSnapshot } from "../convergence/stack.types.js";
import { failureFrom } from "../errors.js";
import { janitorMachine } from "../janitor/janitor.machine.js";
import { teardownMachine } from "../teardown/teardown.machine.js";
import { tierMachine } from "../tier/tier.machine.js";
import { tierFailure, tierVerdict } from "../tier/tier-verdict.js";
import type { TierOutput } from "../tier/tier.types.js";
import type { Cleanliness, Failure, LockCard, StopCause } from "../vocabulary.js";
import { overran, recoveryFailure, unclaimedFailure } from "./run-failures.js";
import { runPorts } from "./run.ports.js";
import type { Prepared, Remains, RunContext, RunEvent, RunInput, RunOutput } from "./run.types.js";
import { ignoredWhileTearingDown, targetOf, settled } from "./run-parts.js";
import { exitCodeFor, verdictOf } from "./verdict.js";

const steadyAfter = (context: RunContext, look: StackSnapshot | null): SteadyStack | null =>
  look === null || context.stack === null ? context.stack : followSteady(context.stack, look, settled(context).settings.convergence);

/** Why the stack is not as it settled, or null; told with the tier that it happened in. */
const whyRunUnsteady = (context: RunContext, look: StackSnapshot | null): Failure | null => {
  if (look === null || context.stack === null) return null;
  const during = context.tiersLeft[0] === undefined ? "the tests" : `the ${context.tiersLeft[0]} tier`;
  return whyUnsteady(context.stack, look, settled(context).settings.convergence, during);
};

/**
 * One run of one recipe, from the first look at it to the report.
 *
 * Invariants: `running` is left only into `tearingDown`, and `tearingDown` only into `reporting`. The lock is held
 * in all of both. From `tearingDown` on, nothing from outside changes a state, starts an actor or stops one. The first
 * verdict stands, and none at the end is a red one.
 */
export const runMachine = setup({
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
    recoverTeardown: teardownMachine,
    deploy: deployMachine,
    tier: tierMachine,
    teardown: teardownMachine,
  },
  actions: {
    settleStopped: assign({
      verdict: ({ context }, params: { cause: StopCause }) => context.verdict ?? { kind: "stopped", cause: params.cause },
    }),
    settleFailed: assign({
      verdict: ({ context }, params: { failure: Failure }) => context.verdict ?? { kind: "failed", failure: params.failure },
    }),
    settlePassed: assign({ verdict: ({ context }) => context.verdict ?? { kind: "passed" } }),
    keepPrepared: assign({
      prepared: (_, params: { prepared: Prepared }) => params.prepared,
      tiersLeft: (_, params: { prepared: Prepared }) => params.prepared.tiers,
    }),
    keepHolder: assign({ holder: (_, params: { card: LockCard | null }) => params.card }),
    keepRemains: assign({ remains: (_, params: { remains: Remains }) => params.remains }),
    keepUp: assign({
      url: (_, params: { url: string | null; stack: SteadyStack | null }) => params.url,
      stack: (_, params: { url: string | null; stack: SteadyStack | null }) => params.stack,
    }),
    keepLook: assign({ stack: ({ context }, params: { look: StackSnapshot | null }) => steadyAfter(context, params.look) }),
    settleUnsteady: assign({
      verdict: ({ context }, params: { look: StackSnapshot | null }) => {
        const failure = whyRunUnsteady(context, params.look);
        return context.verdict ?? (failure === null ? null : { kind: "failed", failure });
      },
    }),
    keepEvidence: assign({ evidence: (_, params: { lines: readonly string[] }) => params.lines }),
    keepResult: assign({
      results: ({ context }, params: { result: TierOutput }) => [
        ...context.results,
        { tier: params.result.tier, tests: params.result.tests },
      ],
      tiersLeft: ({ context }) => context.tiersLeft.slice(1),
    }),
    keepCleanliness: assign({ cleanliness: (_, params: { cleanliness: Cleanliness }) => params.cleanliness }),
    /** Teardown itself broke or overran: what could not be verified is not clean. */
    assumeDirty: assign({
      cleanliness: ({ context }): Cleanliness => ({
        kind: "dirty",
        residue: [{ kind: "service", name: `${settled(context).app.stack} (teardown did not finish)` }],
      }),
    }),
    noteIgnored: assign({ ignored: ({ context }, params: { what: string }) => [...context.ignored, params.what] }),
  },
  guards: {
    hasRemains: (_, params: { remains: Remains }) => params.remains.residue.length > 0 || params.remains.cookies.length > 0,
    isUnclaimed: (_, params: { remains: Remains }) => params.remains.unclaimed.length > 0,
    /** A node that cannot be asked keeps nothing from being deployed elsewhere; the run's own end says so again. */
    isOutOfTheWay: (_, params: { cleanliness: Cleanliness }) =>
      params.cleanliness.kind === "clean" || params.cleanliness.kind === "unverified",
    isUp: (_, params: { kind: "up" | "failed" }) => params.kind === "up",
    isTierLeft: ({ context }) => context.tiersLeft.length > 0,
    isEverythingPassed: ({ context }) => context.tiersLeft.length === 0 && context.results.length > 0,
    isTierPassed: (_, params: { result: TierOutput }) => tierVerdict(params.result) === "passed",
    isUnsteady: ({ context }, params: { look: StackSnapshot | null }) => whyRunUnsteady(context, params.look) !== null,
    isOurs: (_, params: { answer: "ours" | "taken" }) => params.answer === "ours",
  },
  delays: {
    /** What is left of it at the moment of entry is the wiring's to say; the chart alone knows only the whole. */
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
  },
}).createMachine({
  id: "run",
  description: "One run of one recipe. Once the lock is held, every way out leads through tearingDown.",
  /** An endless `always` cycle becomes an error for the supervisor, not a process that hangs. */
  options: { maxIterations: 1_000 },
  context: ({ input }) => ({
    ...input,
    prepared: null,
    holder: null,
    remains: null,
    url: null,
    stack: null,
    tiersLeft: [],
    results: [],
    verdict: null,
    evidence: [],
    cleanliness: { kind: "unknown" },
    ignored: [],
  }),
  output: ({ context }) => {
    const verdict = verdictOf(context);
    return { verdict, cleanliness: context.cleanliness, exitCode: exitCodeFor(verdict, context.cleanliness) };
  },
  invoke: {
    id: "stops",
    src: "stops",
    input: () => undefined,
    onError: {
      description: "Without its ears a run still has its deadline.",
      actions: { type: "noteIgnored", params: { what: "the stream of stops broke" } },
    },
  },
  initial: "prepare",
  states: {
    prepare: {
      description: "Nothing of this run is on the Swarm yet; a stop here has nothing to tear down.",
      type: "parallel",
      on: {
        stop: {
          target: "reporting",
          actions: { type: "settleStopped", params: ({ event }) => ({ cause: event.cause }) },
        },
      },
      after: { deadline: { target: "reporting", actions: { type: "settleStopped", params: { cause: "deadline" } } } },
      states: {
        recipe: {
          description: "The recipe at its ref in an ABRA_DIR of the run's own, its settings, its domain.",
          initial: "preparing",
          states: {
            preparing: {
              description: "The last moment at which the workspace or HOME are read.",
              invoke: {
                id: "prepareRecipe",
                src: "prepareRecipe",
                input: ({ context: { recipe, source, ref, pr, zone } }) => ({ recipe, source, ref, pr, zone }),
                onDone: {
                  target: "prepared",
                  actions: { type: "keepPrepared", params: ({ event }) => ({ prepared: event.output }) },
                },
                onError: {
                  target: "#run.reporting",
                  actions: { type: "settleFailed", params: ({ event }) => ({ failure: failureFrom(event.error) }) },
                },
              },
              after: {
                prepareBudget: {
                  target: "#run.reporting",
                  actions: { type: "settleFailed", params: { failure: overran("prepare") } },
                },
              },
            },
            prepared: { type: "final", description: "All that the run needs lies in its own folder." },
          },
        },
        janitor: {
          description: "The janitor's pass: what others leaked, under their own locks. It never fails the run.",
          initial: "passing",
          states: {
            passing: {
              description: "Bounded: a slow reap is left to the next pass.",
              invoke: {
                id: "janitor",
                src: "janitor",
                input: ({ context }) => ({ dryRun: false, except: null, adopt: null, budgets: context.budgets }),
                onDone: "draining",
                onError: "draining",
              },
              after: { janitorBudget: "draining" },
            },
            draining: {
              description: "Its locks are let go only when its children are gone.",
              invoke: { id: "drainJanitor", src: "drainJanitor", input: () => undefined, onDone: "passed", onError: "passed" },
              after: { drainBudget: "passed" },
            },
            passed: { type: "final", description: "The pass is over, whatever it found." },
          },
        },
      },
      onDone: "holding",
    },
    holding: {
      description: "From asking for the lock to the end of the teardown. The kernel frees it when this process ends, not before.",
      invoke: {
        id: "holdLock",
        src: "holdLock",
        input: ({ context }) => ({ domain: settled(context).app.domain }),
        onError: {
          description: "The port speaks in events; should it break, lockTimeout ends the wait, and a lock held stays held.",
          actions: { type: "noteIgnored", params: { what: "the lock's watch broke" } },
        },
      },
      initial: "acquire",
      states: {
        acquire: {
          description: "Waits in the kernel's queue, in order of arrival, and says for whom.",
          on: {
            "lock.busy": { actions: { type: "keepHolder", params: ({ event }) => ({ card: event.card }) } },
            "lock.held": {
              target: "running",
              actions: { type: "keepHolder", params: ({ event }) => ({ card: event.previous }) },
            },
            "lock.failed": {
              target: "#run.reporting",
              actions: { type: "settleFailed", params: ({ event }) => ({ failure: event.failure }) },
            },
            stop: {
              target: "#run.reporting",
              actions: { type: "settleStopped", params: ({ event }) => ({ cause: event.cause }) },
            },
          },
          after: {
            lockTimeout: {
              target: "#run.reporting",
              actions: { type: "settleFailed", params: { failure: overran("acquire") } },
            },
            deadline: {
              target: "#run.reporting",
              actions: { type: "settleStopped", params: { cause: "deadline" } },
            },
          },
        },
        running: {
          description: "The app is ours. Every way out of here leads into tearingDown.",
          tags: ["holds-lock"],
          on: {
            stop: {
              target: "tearingDown",
              actions: { type: "settleStopped", params: ({ event }) => ({ cause: event.cause }) },
            },
            "lock.lost": {
              target: "tearingDown.reclaiming",
              actions: { type: "settleStopped", params: { cause: "lost-lock" } },
            },
            "lock.failed": {
              target: "tearingDown.reclaiming",
              actions: { type: "settleFailed", params: ({ event }) => ({ failure: event.failure }) },
            },
          },
          after: {
            deadline: { target: "tearingDown", actions: { type: "settleStopped", params: { cause: "deadline" } } },
          },
          initial: "recover",
          states: {
            recover: {
              description: "Always looks for leftovers: a reboot, or a holder other than recipe-ci, leaves no record of them.",
              initial: "looking",
              states: {
                looking: {
                  description: "Residue of the app, and living processes of its dead runs. The ledger is on disk before anything is done.",
                  invoke: {
                    id: "findRemains",
                    src: "findRemains",
                    input: ({ context }) => targetOf(context),
                    onDone: [
                      {
                        guard: { type: "isUnclaimed", params: ({ event }) => ({ remains: event.output }) },
                        target: "#run.holding.tearingDown",
                        description: "Nobody's app by this name is touched: in the ledger it is foreign.",
                        actions: {
                          type: "settleFailed",
                          params: ({ context, event }) => ({
                            failure: unclaimedFailure(targetOf(context).domain, event.output.unclaimed),
                          }),
                        },
                      },
                      {
                        guard: { type: "hasRemains", params: ({ event }) => ({ remains: event.output }) },
                        target: "cleaning",
                        actions: { type: "keepRemains", params: ({ event }) => ({ remains: event.output }) },
                      },
                      { target: "#run.holding.running.deploy" },
                    ],
                    onError: {
                      target: "#run.holding.tearingDown",
                      actions: { type: "settleFailed", params: ({ event }) => ({ failure: failureFrom(event.error) }) },
                    },
                  },
                  after: {
                    recoverBudget: {
                      target: "#run.holding.tearingDown",
                      actions: { type: "settleFailed", params: { failure: overran("recover") } },
                    },
                  },
                },
                cleaning: {
                  description: "The same teardown, with the dead runs' cookies.",
                  invoke: {
                    id: "recoverTeardown",
                    src: "recoverTeardown",
                    input: ({ context }) => ({
                      ...targetOf(context),
                      cookies: context.remains?.cookies ?? [],
                      budgets: context.budgets,
                    }),
                    onDone: [
                      {
                        guard: { type: "isOutOfTheWay", params: ({ event }) => ({ cleanliness: event.output.cleanliness }) },
                        target: "#run.holding.running.deploy",
                      },
                      {
                        target: "#run.holding.tearingDown",
                        actions: {
                          type: "settleFailed",
                          params: ({ event }) => ({ failure: recoveryFailure(event.output.cleanliness) }),
                        },
                      },
                    ],
                    onError: {
                      target: "#run.holding.tearingDown",
                      actions: { type: "settleFailed", params: ({ event }) => ({ failure: failureFrom(event.error) }) },
                    },
                  },
                  after: {
                    teardownBudget: {
                      target: "#run.holding.tearingDown",
                      actions: { type: "settleFailed", params: { failure: overran("recover") } },
                    },
                  },
                },
              },
            },
            deploy: {
              description: "One deploy for all tiers.",
              invoke: {
                id: "deploy",
                src: "deploy",
                input: ({ context }) => ({ ...settled(context), budgets: context.budgets }),
                onDone: [
                  {
                    guard: { type: "isUp", params: ({ event }) => ({ kind: event.output.kind }) },
                    target: "test",
                    actions: {
                      type: "keepUp",
                      params: ({ event: { output } }) => (output.kind === "up" ? { url: output.url, stack: output.stack } : { url: null, stack: null }),
                    },
                  },
                  {
                    target: "#run.holding.tearingDown",
                    actions: {
                      type: "settleFailed",
                      params: ({ event }) => ({
                        failure: event.output.kind === "failed" ? event.output.failure : overran("deploy"),
                      }),
                    },
                  },
                ],
                onError: {
                  target: "#run.holding.tearingDown",
                  actions: { type: "settleFailed", params: ({ event }) => ({ failure: failureFrom(event.error) }) },
                },
              },
            },
            test: {
              description: "The asked-for tiers in order, until one fails or a task of the stack dies.",
              invoke: {
                id: "watch",
                src: "observeStack",
                input: ({ context }) => ({ app: settled(context).app }),
                onError: {
                  description: "The port speaks in events; should it break, the last look still judges.",
                  actions: { type: "noteIgnored", params: { what: "the watch on the stack broke" } },
                },
              },
              on: {
                "stack.seen": [
                  {
                    guard: { type: "isUnsteady", params: ({ context, event }) => ({ look: context.stack === null ? null : lookAfter(context.stack.watch, event) }) },
                    target: ".explaining",
                    actions: { type: "settleUnsteady", params: ({ context, event }) => ({ look: context.stack === null ? null : lookAfter(context.stack.watch, event) }) },
                  },
                  { actions: { type: "keepLook", params: ({ context, event }) => ({ look: context.stack === null ? null : lookAfter(context.stack.watch, event) }) } },
                ],
              },
              initial: "choosing",
              states: {
                choosing: {
                  description: "Tiers that were not asked for are never entered.",
                  always: [
                    { guard: "isTierLeft", target: "tier" },
                    { guard: "isEverythingPassed", target: "lastLook" },
                    { target: "#run.holding.tearingDown", description: "Nothing was tested: no verdict, which means red." },
                  ],
                },
                tier: {
                  description: "One tier; which one is in the context.",
                  invoke: {
                    id: "tier",
                    src: "tier",
                    input: ({ context }) => ({
                      tier: context.tiersLeft[0] ?? "install",
                      app: settled(context).app,
                      settings: settled(context).settings,
                      url: context.url ?? "",
                    }),
                    onDone: [
                      {
                        guard: { type: "isTierPassed", params: ({ event }) => ({ result: event.output }) },
                        target: "choosing",
                        actions: { type: "keepResult", params: ({ event }) => ({ result: event.output }) },
                      },
                      {
                        target: "explaining",
                        actions: [
                          { type: "keepResult", params: ({ event }) => ({ result: event.output }) },
                          { type: "settleFailed", params: ({ event }) => ({ failure: tierFailure(event.output) }) },
                        ],
                      },
                    ],
                    onError: {
                      target: "explaining",
                      actions: { type: "settleFailed", params: ({ event }) => ({ failure: failureFrom(event.error) }) },
                    },
                  },
                },
                lastLook: {
                  description: "Every tier passed. Green is said only of a stack that is as it settled, now.",
                  invoke: {
                    id: "lastLook",
                    src: "lookAtStack",
                    input: ({ context }) => ({ app: settled(context).app }),
                    onDone: [
                      {
                        guard: { type: "isUnsteady", params: ({ event }) => ({ look: event.output }) },
                        target: "explaining",
                        actions: { type: "settleUnsteady", params: ({ event }) => ({ look: event.output }) },
                      },
                      { target: "#run.holding.tearingDown", actions: "settlePassed" },
                    ],
                    onError: {
                      target: "#run.holding.tearingDown",
                      actions: { type: "settleFailed", params: ({ event }) => ({ failure: failureFrom(event.error) }) },
                    },
                  },
                  after: {
                    lookBudget: {
                      target: "#run.holding.tearingDown",
                      actions: { type: "settleFailed", params: { failure: overran("look") } },
                    },
                  },
                },
                explaining: {
                  description: "The tests have failed. The last words of what is not as it should be, before they are torn down with it.",
                  invoke: {
                    id: "evidence",
                    src: "gatherEvidence",
                    input: ({ context }) => ({ app: settled(context).app, settled: context.stack?.settled ?? null }),
                    onDone: {
                      target: "#run.holding.tearingDown",
                      actions: { type: "keepEvidence", params: ({ event }) => ({ lines: event.output.lines }) },
                    },
                    onError: { target: "#run.holding.tearingDown", description: "The failure stands without them." },
                  },
                  on: { "stack.seen": { description: "The run has failed already: more deaths change nothing." } },
                  after: { explainBudget: "#run.holding.tearingDown" },
                },
              },
            },
          },
        },
        tearingDown: {
          description: "Deaf: every stop and every word of the lock is noted and changes nothing. It has budgets of its own.",
          tags: ["uninterruptible", "holds-lock"],
          on: ignoredWhileTearingDown,
          initial: "cleaning",
          states: {
            reclaiming: {
              description: "The lock file was replaced under us: only who holds the live one may touch the app.",
              invoke: {
                id: "reclaimLock",
                src: "reclaimLock",
                input: ({ context }) => ({ domain: settled(context).app.domain }),
                onDone: [
                  { guard: { type: "isOurs", params: ({ event }) => ({ answer: event.output }) }, target: "cleaning" },
                  { target: "#run.reporting", description: "Another run owns the app now; its recovery cleans." },
                ],
                onError: {
                  target: "#run.reporting",
                  actions: { type: "noteIgnored", params: { what: "the lock could not be reclaimed" } },
                },
              },
              after: { drainBudget: "#run.reporting" },
            },
            cleaning: {
              description: "The one teardown.",
              invoke: {
                id: "teardown",
                src: "teardown",
                input: ({ context }) => ({ ...targetOf(context), cookies: [], budgets: context.budgets }),
                onDone: {
                  target: "#run.reporting",
                  actions: {
                    type: "keepCleanliness",
                    params: ({ event }) => ({ cleanliness: event.output.cleanliness }),
                  },
                },
                onError: { target: "#run.reporting", actions: "assumeDirty" },
              },
              after: { teardownBudget: { target: "#run.reporting", actions: "assumeDirty" } },
            },
          },
        },
      },
    },
    reporting: {
      description: "No child of ours is alive, then the files of the run. The verdict is settled; this cannot change it.",
      tags: ["uninterruptible"],
      on: ignoredWhileTearingDown,
      initial: "draining",
      states: {
        draining: {
          description: "The registry is closed for good and every process of ours ended.",
          invoke: { id: "drainAll", src: "drainAll", input: () => undefined, onDone: "writing", onError: "writing" },
          after: { drainBudget: "writing" },
        },
        writing: {
          description: "JUnit, results, badge, report.",
          invoke: {
            id: "writeReport",
            src: "writeReport",
            input: ({ context }) => ({
              app: context.prepared?.app ?? null,
              verdict: verdictOf(context),
              cleanliness: context.cleanliness,
              results: context.results,
              url: context.url,
            }),
            onDone: "#run.released",
            onError: "#run.released",
          },
          after: { reportBudget: "#run.released" },
        },
      },
    },
    released: { type: "final", description: "The process ends now, and the kernel frees the lock." },
  },
});
