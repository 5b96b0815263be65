import type { Story } from "../story.js";
import { settledStack, steadyStack } from "../stacks.js";
import { lanes } from "../../../../src/machines/janitor/janitor.types.js";
import {
  app,
  base,
  candidate,
  card,
  cookie,
  facts,
  failedTest,
  failure,
  heldApp,
  outOfTime,
  passedTest,
  reapedApp,
  remoteVolume,
  silentNode,
  skippedTest,
  version,
  volume,
} from "../samples.js";

const endings = (id: string, delay: string): readonly string[] => [`done ${id}`, `error ${id}`, `after ${delay}`];

interface Wait {
  readonly at: string;
  readonly told: readonly string[];
}

/** From one place, each of several events leads to the same next one. */
const lead = ({ at, told }: Wait, events: readonly string[], to: string): readonly Story[] =>
  events.map((event) => ({ title: `${event} in ${at} leads to ${to}`, told: [...told, event], at: to }));

const stocking = { at: "takingStock", told: ["done drain"] };
const undeploying = { at: "undeploying", told: [...stocking.told, "done takeStock deployed"] };
const forcing = { at: "forcing", told: [...undeploying.told, "error undeploy"] };
const goneWaiting = { at: "goneWaiting", told: [...undeploying.told, "done undeploy done"] };
const removing = { at: "removing.objects", told: [...goneWaiting.told, "done waitGone"] };
const asking = { at: "removing.nodes", told: [...removing.told, "done removeObjects"] };
const verifying = { at: "verifying", told: [...asking.told, "done cleanNodes clean"] };
const secondRound = ["done removeServices", "done waitGone", "done removeObjects", "done cleanNodes clean"];
const again = { at: "verifying", told: [...verifying.told, "done listResidue residue", ...secondRound] };
const straight = ["drain", "takeStock", "undeploy", "waitGone", "removeObjects", "cleanNodes", "listResidue"];
const unlisted = { kind: "dirty", residue: [{ kind: "service", name: `${app.stack} (could not be listed)` }] };
const unverified = (why: string) => ({ kind: "unverified", nodes: [{ node: "other nodes", why }] });

/** Each step that fails or overruns is told by its own name. */
const told = ({ told: before, at }: Wait, id: string, delay: string, step: string): readonly Story[] => [
  {
    title: `error ${id} in ${at} is told as ${step}`,
    told: [...before, `error ${id}`],
    at: "",
    context: { troubles: [`${step}: the host went away`] },
  },
  {
    title: `after ${delay} in ${at} is told as ${step}`,
    told: [...before, `after ${delay}`],
    at: "",
    context: { troubles: [`${step}: took too long`] },
  },
];

const steps: readonly (readonly [Wait, string, string, string, string])[] = [
  [{ at: "draining", told: [] }, "drain", "drainBudget", "drain", "takingStock"],
  [stocking, "takeStock", "verifyBudget", "take stock", "forcing"],
  [undeploying, "undeploy", "undeployBudget", "undeploy", "forcing"],
  [removing, "removeObjects", "removeBudget", "remove", "removing.nodes"],
  [asking, "cleanNodes", "nodesBudget", "ask the nodes", "verifying"],
];

export const teardownStories: readonly Story[] = [
  {
    title: "a clean teardown takes every step once, in order",
    told: [...verifying.told, "done listResidue none"],
    at: "clean",
    started: straight,
    output: { cleanliness: { kind: "clean" }, troubles: [] },
  },
  ...steps.flatMap(([wait, id, delay, step, next]) => told(wait, id, delay, step).map((story) => ({ ...story, at: next }))),
  ...lead(stocking, ["done takeStock deployed"], "undeploying"),
  {
    title: "what was never deployed is removed at once, and nothing is waited for",
    told: [...stocking.told, "done takeStock absent"],
    at: "removing.objects",
    started: ["drain", "takeStock", "removeObjects"],
  },
  {
    title: "abra, which acts by name, is not asked where something foreign has the app's name",
    told: [...stocking.told, "done takeStock mixed"],
    at: "forcing",
    started: ["drain", "takeStock", "removeServices"],
  },
  ...lead(undeploying, ["done undeploy done"], "goneWaiting"),
  {
    title: "an app that abra does not know is docker's to remove, at once",
    told: [...undeploying.told, "done undeploy unknown"],
    at: "forcing",
    context: { troubles: [] },
  },
  ...lead(goneWaiting, ["done waitGone", "after goneBudget"], "removing.objects"),
  {
    title: "a wait that overruns is told",
    told: [...goneWaiting.told, "after goneBudget"],
    at: "removing.objects",
    context: { troubles: ["wait until gone: took too long"] },
  },
  {
    title: "an undeploy that only said so is followed by docker's own removal",
    told: [...goneWaiting.told, "error waitGone"],
    at: "forcing",
    context: { troubles: ["wait until gone: the host went away"] },
  },
  {
    title: "once docker was asked, what stays is left to the removal by id",
    told: [...forcing.told, "done removeServices", "error waitGone"],
    at: "removing.objects",
    context: { troubles: ["undeploy: the host went away", "wait until gone: the host went away"] },
  },
  ...lead(forcing, endings("removeServices", "removeBudget"), "goneWaiting"),
  ...lead(removing, ["done removeObjects"], "removing.nodes"),
  ...lead(asking, ["done cleanNodes clean", "done cleanNodes left", "done cleanNodes unasked"], "verifying"),
  {
    title: "a removal of services that fails is told",
    told: [...forcing.told, "error removeServices"],
    at: "goneWaiting",
    context: { troubles: ["undeploy: the host went away", "remove services: the host went away"] },
  },
  {
    title: "a removal of services that overruns is told",
    told: [...forcing.told, "after removeBudget"],
    at: "goneWaiting",
    context: { troubles: ["undeploy: the host went away", "remove services: took too long"] },
  },
  {
    title: "residue sends the removal round once more, by docker",
    told: [...verifying.told, "done listResidue residue"],
    at: "forcing",
    started: [...straight, "removeServices"],
  },
  {
    title: "residue on another node sends the removal round once more",
    told: [...asking.told, "done cleanNodes left", "done listResidue none"],
    at: "forcing",
  },
  {
    title: "a look that fails sends the removal round once more",
    told: [...verifying.told, "error listResidue"],
    at: "forcing",
    context: { troubles: ["verify: the host went away"] },
  },
  {
    title: "the second round may end clean",
    told: [...again.told, "done listResidue none"],
    at: "clean",
    output: { cleanliness: { kind: "clean" }, troubles: [] },
  },
  {
    title: "what a node said in the first round is forgotten by the second",
    told: [...asking.told, "done cleanNodes left", "done listResidue none", ...secondRound, "done listResidue none"],
    at: "clean",
    output: { cleanliness: { kind: "clean" } },
  },
  {
    title: "residue after the second round is named",
    told: [...again.told, "done listResidue residue"],
    at: "dirty",
    output: { cleanliness: { kind: "dirty", residue: [volume] }, troubles: [] },
  },
  {
    title: "residue on another node after the second round is named with its node",
    told: [...verifying.told, "done listResidue residue", ...secondRound.slice(0, -1), "done cleanNodes left", "done listResidue none"],
    at: "dirty",
    output: { cleanliness: { kind: "dirty", residue: [remoteVolume] } },
  },
  {
    title: "a node that cannot be asked makes what is clean elsewhere unverified, at once",
    told: [...asking.told, "done cleanNodes unasked", "done listResidue none"],
    at: "unverified",
    output: { cleanliness: { kind: "unverified", nodes: [silentNode] } },
  },
  {
    title: "residue that is seen counts for more than a node that is not",
    told: [...asking.told, "done cleanNodes unasked", "done listResidue residue"],
    at: "forcing",
  },
  {
    title: "a job that fails leaves the nodes unasked",
    told: [...asking.told, "error cleanNodes", "done listResidue none"],
    at: "unverified",
    output: { cleanliness: unverified("the host went away") },
  },
  {
    title: "a job that overruns leaves the nodes unasked",
    told: [...asking.told, "after nodesBudget", "done listResidue none"],
    at: "unverified",
    output: { cleanliness: unverified("they did not answer in time") },
  },
  {
    title: "a look that fails in the second round is not clean",
    told: [...again.told, "error listResidue"],
    at: "dirty",
    output: { cleanliness: unlisted, troubles: ["verify: the host went away"] },
  },
  {
    title: "a look that overruns is not clean",
    told: [...verifying.told, "after verifyBudget"],
    at: "dirty",
    output: { cleanliness: unlisted, troubles: ["verify: took too long"] },
  },
];

const created = ["done create"];
const configured = [...created, "done configure"];
const pulled = [...configured, "done prepull"];
const submitted = [...pulled, "done submit"];

const deployWaits: readonly (readonly [string, readonly string[], string, string])[] = [
  ["creating", [], "create", "createBudget"],
  ["configuring", created, "configure", "configureBudget"],
  ["prepulling", configured, "prepull", "prepullBudget"],
  ["submitting", pulled, "submit", "submitBudget"],
];

const outage = { code: "docker-unreachable", message: "the host went away", hint: "Look at the host.", exitCode: 69, details: [] };

export const deployStories: readonly Story[] = [
  {
    title: "a good deploy takes every step once, in order, and ends as its settling did",
    told: [...submitted, "done settle up"],
    at: "up",
    started: ["time", "create", "configure", "prepull", "submit", "settle"],
    output: { kind: "up", url: "https://hello", stack: steadyStack },
  },
  ...deployWaits.flatMap(([at, before, id, delay]): readonly Story[] => [
    {
      title: `error ${id} in ${at} fails with its own failure`,
      told: [...before, `error ${id}`],
      at: "failed",
      output: { kind: "failed", failure: outage },
    },
    {
      title: `after ${delay} in ${at} fails, and names the step`,
      told: [...before, `after ${delay}`],
      at: "failed",
      output: { kind: "failed", failure: { code: `deploy-${at}-overrun` } },
    },
  ]),
  ...deployWaits.map(([at, before]): Story => ({
    title: `a deploy whose time is over in ${at} was cut by the deadline, and says by how much`,
    told: [...before, "time.over"],
    at: "failed",
    output: {
      kind: "failed",
      failure: {
        code: "out-of-time",
        message: `the deploy of ${app.domain} was cut to 42 s by the deadline of the run, and ${at} did not end in that`,
        exitCode: 142,
      },
    },
  })),
  { title: "once the app is submitted, its settling is what has no more time", told: [...submitted, "time.over"], at: "settling" },
  {
    title: "a settling that was cut is the deploy's end",
    told: [...submitted, "done settle cut"],
    at: "failed",
    output: { kind: "failed", failure: outOfTime },
  },
  {
    title: "a deploy whose time nobody watches has its own budgets",
    told: ["error time", "after createBudget"],
    at: "failed",
    output: { failure: { code: "deploy-creating-overrun" } },
  },
  {
    title: "a stack that does not settle fails the deploy with that failure",
    told: [...submitted, "done settle failed"],
    at: "failed",
    output: { kind: "failed", failure },
  },
  {
    title: "a settling that breaks fails the deploy",
    told: [...submitted, "error settle"],
    at: "failed",
    output: { kind: "failed", failure: outage },
  },
  { title: "what was pulled is what the compose files named", told: configured, at: "prepulling", context: { images: ["hello:1"] } },
  {
    title: "the app is made and configured at the version that was asked for",
    told: created,
    at: "configuring",
    inputs: { create: { app, version }, configure: { app, version } },
  },
];

const converged = ["stack.seen settled"];
const settleWaits: readonly (readonly [string, readonly string[], string, string])[] = [
  ["watching.converging", [], "observe", "deployTimeout"],
  ["watching.probing", converged, "probe", "probeTimeout"],
];

export const settleStories: readonly Story[] = [
  {
    title: "a good settling ends with the address",
    told: [...converged, "probe.answered"],
    at: "up",
    started: ["time", "observe", "probe"],
    output: { kind: "up", url: "https://hello" },
  },
  ...settleWaits.flatMap(([at, before, id, delay]): readonly Story[] => [
    {
      title: `error ${id} in ${at} fails with its own failure`,
      told: [...before, `error ${id}`, "done evidence"],
      at: "failed",
      output: { kind: "failed", failure: { code: outage.code } },
    },
    {
      title: `after ${delay} in ${at} fails`,
      told: [...before, `after ${delay}`, "done evidence"],
      at: "failed",
      output: { kind: "failed" },
    },
  ]),
  {
    title: "the look that let the app be probed is kept",
    told: converged,
    at: "watching.probing",
    context: { settled: settledStack, watch: { last: settledStack } },
  },
  {
    title: "an app that still moves is waited for",
    told: ["stack.seen moving", "stack.unreadable"],
    at: "watching.converging",
    context: { unreadable: failure },
  },
  { title: "time alone settles a stack that was seen before, and no other", told: ["stack.seen same"], at: "watching.converging" },
  {
    title: "a stack that can be read again is no trouble any more",
    told: ["stack.unreadable", "stack.seen moving"],
    at: "watching.converging",
    context: { unreadable: null },
  },
  {
    title: "an unreadable stack is not the app's fault when time is up",
    told: ["stack.unreadable", "after deployTimeout", "done evidence"],
    at: "failed",
    output: { failure: { code: failure.code } },
  },
  {
    title: "what waiting cannot mend ends the wait, and is explained",
    told: ["stack.seen broken"],
    at: "explaining",
    context: { failure: { code: "image-refused" } },
    inputs: { evidence: { app, settled: null } },
  },
  {
    title: "a reach that names no service ends the wait",
    told: ["stack.seen without the service"],
    at: "explaining",
    context: { failure: { code: "reach-unknown-service" } },
  },
  {
    title: "last words are told with the failure",
    told: ["stack.seen broken", "done evidence"],
    at: "failed",
    started: ["time", "observe", "evidence"],
    said: "last words",
  },
  ...(["error evidence", "after explainBudget"] as const).map((end) => ({
    title: `${end}: the failure stands without its last words`,
    told: ["stack.seen broken", end],
    at: "failed",
    output: { failure: { code: "image-refused" } },
  })),
  {
    title: "a task that dies while the app is probed fails the settling",
    told: [...converged, "stack.seen dead"],
    at: "explaining",
    context: { failure: { code: "task-died" } },
    inputs: { evidence: { app, settled: settledStack } },
  },
  {
    title: "a stack that stays is probed on",
    told: [...converged, "stack.seen settled", "stack.seen same", "stack.unreadable", "probe.tried"],
    at: "watching.probing",
    started: ["time", "observe", "probe"],
    context: { tried: { why: "HTTP 502 Bad Gateway" }, watch: { last: { at: settledStack.at + 1 } } },
  },
  {
    title: "an app that never answers is told by the last try",
    told: [...converged, "probe.tried", "after probeTimeout"],
    at: "explaining",
    context: {
      failure: { code: "deploy-probing-overrun", message: `${app.domain} did not answer in time: https://hello: HTTP 502 Bad Gateway` },
    },
  },
  {
    title: "an app that nobody could ask is told so",
    told: [...converged, "after probeTimeout"],
    at: "explaining",
    context: { failure: { message: `${app.domain} did not answer in time: nothing could be asked (reach: service:app:80)` } },
  },
  {
    title: "a stack that has not settled when its time is over was cut by the deadline, and is told by what it was up to",
    told: ["stack.seen moving", "time.over", "done evidence"],
    at: "failed",
    output: {
      kind: "failed",
      failure: {
        code: "out-of-time",
        message: `the wait for ${app.domain} was cut to 42 s by the deadline of the run, and in that ${app.stack}_app did not settle`,
        exitCode: 142,
      },
    },
    said: "last words",
  },
  {
    title: "an app that has not answered when its time is over was cut too, and is told by the last try",
    told: [...converged, "probe.tried", "time.over"],
    at: "explaining",
    context: {
      failure: {
        code: "out-of-time",
        message: `the wait for ${app.domain} was cut to 42 s by the deadline of the run, and in that ${app.domain} did not answer in time: https://hello: HTTP 502 Bad Gateway`,
      },
    },
  },
  {
    title: "a settling whose time nobody watches has its own limits",
    told: ["error time", "after deployTimeout"],
    at: "explaining",
    context: { failure: { code: "deploy-converging-overrun" } },
  },
  {
    title: "a probe without hope ends the settling with its own failure",
    told: [...converged, "probe.hopeless", "done evidence"],
    at: "failed",
    output: { failure: { code: failure.code } },
  },
  {
    title: "a stack that did not settle in time is told by what it was up to",
    told: ["stack.seen moving", "after deployTimeout"],
    at: "explaining",
    context: { failure: { code: "deploy-converging-overrun" } },
  },
];

const begun = ["time.left plenty"];
const hooked = [...begun, "done preHook"];
const operated = [...hooked, "done operate"];
const passedTests = [...operated, "done runTier passed"];
const overrun = (what: string, key: string, ms: number) => ({
  kind: "fail",
  failure: {
    code: "tier-overrun",
    message: `${what} the install tier took longer than ${ms / 60_000} min`,
    hint: `Raise timeouts.${key} in the recipe's recipe.yml, or find out what hangs: the run's log has the output so far.`,
  },
});
const broke = { kind: "fail", failure: { ...outage, details: ["last words"] } };
const explained = ["done evidence"];
const ended = (outcome: unknown, tests: readonly unknown[] = []) => ({ result: { tier: "install", outcome, tests } });

export const tierStories: readonly Story[] = [
  {
    title: "a good tier calls its hooks, operates once and asserts once, in order",
    told: [...passedTests, "done postHook"],
    at: "ended",
    started: ["time", "watchBefore", "preHook", "operate", "watch", "runTier", "postHook"],
    output: ended({ kind: "pass" }, [passedTest, skippedTest]),
  },
  {
    title: "the hooks, the operation and the tests are told the same",
    told: passedTests,
    at: "asserting.hook",
    inputs: {
      preHook: { tier: "install", when: "pre", url: "https://hello" },
      operate: { tier: "install", app, target: version, facts: { version: base } },
      runTier: { tier: "install", app, url: "https://hello", facts: { version } },
      postHook: { when: "post" },
    },
  },
  {
    title: "one failed test fails the tier, and is explained",
    told: [...operated, "done runTier failed", ...explained],
    at: "ended",
    started: ["time", "watchBefore", "preHook", "operate", "watch", "runTier", "evidence"],
    output: ended({ kind: "fail", failure: { code: "tier-failed" } }, [passedTest, failedTest]),
    said: "last words",
  },
  {
    title: "no test at all shows nothing",
    told: [...operated, "done runTier empty", ...explained],
    at: "ended",
    output: ended({ kind: "unverified", failure: { code: "tier-unverified" } }),
  },
  {
    title: "tests that were all skipped show nothing",
    told: [...operated, "done runTier skipped", ...explained],
    at: "ended",
    output: ended({ kind: "unverified", failure: { code: "tier-unverified" } }, [skippedTest]),
  },
  {
    title: "a hook before that fails is followed by no operation",
    told: [...begun, "error preHook", ...explained],
    at: "ended",
    started: ["time", "watchBefore", "preHook", "evidence"],
    output: ended(broke),
  },
  {
    title: "a hook before that overruns is followed by no operation",
    told: [...begun, "after hookBudget", "error evidence"],
    at: "ended",
    started: ["time", "watchBefore", "preHook", "evidence"],
    output: ended(overrun("a hook of", "hook", 300_000)),
  },
  {
    title: "an operation that fails is not followed by assertions",
    told: [...hooked, "error operate", ...explained],
    at: "ended",
    started: ["time", "watchBefore", "preHook", "operate", "evidence"],
    output: ended(broke),
  },
  {
    title: "an operation that overruns is not followed by assertions",
    told: [...hooked, "after tierBudget", "error evidence"],
    at: "ended",
    output: ended(overrun("the operation of", "tier", 900_000)),
  },
  ...(
    [
      ["a hook before", begun, "a hook", []],
      ["the operation", hooked, "its operation", []],
      ["the tests", operated, "its tests", []],
      ["a hook after", passedTests, "a hook", [passedTest, skippedTest]],
    ] as const
  ).map(([what, before, how, tests]): Story => ({
    title: `a tier whose time is over in ${what} was cut by the deadline: it has shown nothing, and says by how much`,
    told: [...before, "time.over", "done evidence"],
    at: "ended",
    output: ended(
      {
        kind: "unverified",
        failure: {
          code: "out-of-time",
          message: `the install tier was cut to 42 s by the deadline of the run, and ${how} did not end in that`,
          exitCode: 142,
          details: ["last words"],
        },
      },
      tests,
    ),
  })),
  {
    title: "a tier for which no time remains is not begun",
    told: ["time.left none"],
    at: "ended",
    started: ["time"],
    output: ended({
      kind: "unverified",
      failure: { code: "out-of-time", message: "no time remains for the install tier: the deadline of the run has come" },
    }),
  },
  { title: "a tier that only looks is begun in whatever time remains", told: ["time.left little"], at: "before.hook" },
  { title: "a tier is begun where nobody says what time remains", told: ["error time", "after lookBudget"], at: "before.hook" },
  { title: "assertions that break fail the tier", told: [...operated, "error runTier", ...explained], at: "ended", output: ended(broke) },
  {
    title: "assertions that overrun fail the tier",
    told: [...operated, "after tierBudget", "after explainBudget"],
    at: "ended",
    output: ended(overrun("the tests of", "tier", 900_000)),
  },
  {
    title: "a hook after that fails fails a tier whose tests passed",
    told: [...passedTests, "error postHook", ...explained],
    at: "ended",
    output: ended(broke, [passedTest, skippedTest]),
  },
  {
    title: "a hook after that overruns fails it too",
    told: [...passedTests, "after hookBudget", "error evidence"],
    at: "ended",
    output: ended(overrun("a hook of", "hook", 300_000), [passedTest, skippedTest]),
  },
  {
    title: "a task that dies while the tests run fails the tier at once",
    told: [...operated, "stack.seen dead"],
    at: "explaining",
    context: {
      outcome: {
        kind: "fail",
        failure: {
          code: "task-died",
          message: `${app.stack}_app.1 had settled and died in the install tier after 1 min 41 s: exit code 1`,
        },
      },
    },
    inputs: { evidence: { app, settled: steadyStack.settled } },
  },
  {
    title: "a task that dies while a hook runs fails the tier",
    told: [...begun, "stack.seen dead"],
    at: "explaining",
    context: { outcome: { kind: "fail", failure: { code: "task-died" } } },
  },
  {
    title: "a task that dies after the tests have passed fails the tier all the same",
    told: [...passedTests, "stack.seen dead"],
    at: "explaining",
    context: { outcome: { kind: "fail", failure: { code: "task-died" } } },
  },
  {
    title: "a service that is another than was deployed when the tests and hooks are over fails the tier, as the host",
    told: [...passedTests, "stack.seen changed", "done postHook", ...explained],
    at: "ended",
    started: ["time", "watchBefore", "preHook", "operate", "watch", "runTier", "postHook", "evidence"],
    output: ended(
      {
        kind: "fail",
        failure: {
          code: "app-disturbed",
          message: `somebody changed the app during the install tier: ${app.stack}_app was updated`,
          exitCode: 69,
        },
      },
      [passedTest, skippedTest],
    ),
    said: "last words",
  },
  {
    title: "a service that a test changes and puts back is as it was deployed",
    told: [...passedTests, "stack.seen changed", "stack.seen settled", "done postHook"],
    at: "ended",
    output: ended({ kind: "pass" }, [passedTest, skippedTest]),
  },
  {
    title: "a stack that stays is watched on, and one that cannot be read is no death",
    told: [...operated, "stack.seen settled", "stack.unreadable"],
    at: "asserting.testing",
    started: ["time", "watchBefore", "preHook", "operate", "watch", "runTier"],
    context: { outcome: null, up: { stack: { settled: settledStack, watch: { last: settledStack } } } },
  },
  {
    title: "a stack that stays while a hook runs is watched on",
    told: [...begun, "stack.seen settled"],
    at: "before.hook",
    started: ["time", "watchBefore", "preHook"],
    context: { outcome: null, up: { stack: { settled: settledStack, watch: { last: settledStack } } } },
  },
  {
    title: "a watch that breaks leaves it to the run's last look",
    told: [...operated, "error watch"],
    at: "asserting.testing",
    context: { outcome: null },
  },
];

const upgraded = [...operated, "done settle up"];

export const tierUpgradeStories: readonly Story[] = [
  {
    title: "a tier that changes the stack waits until it has settled again",
    told: [...upgraded, "done runTier passed", "done postHook"],
    at: "ended",
    started: ["time", "watchBefore", "preHook", "operate", "settle", "watch", "runTier", "postHook"],
    output: { result: { tier: "upgrade", outcome: { kind: "pass" } }, facts, up: { url: "https://hello" } },
  },
  {
    title: "the stack as it settled again is what is watched from then on",
    told: upgraded,
    at: "asserting.testing",
    context: { up: { kind: "up" } },
  },
  {
    title: "the facts that the operation added to are the next tier's",
    told: operated,
    at: "settling",
    context: { facts: { version } },
    inputs: { settle: { app } },
  },
  {
    title: "a stack that does not settle again fails the tier with that failure, which has its last words",
    told: [...operated, "done settle failed"],
    at: "ended",
    started: ["time", "watchBefore", "preHook", "operate", "settle"],
    output: { result: { outcome: { kind: "fail", failure } } },
  },
  {
    title: "a tier that changes the stack is not begun in less time than the stack is watched for",
    told: ["time.left little"],
    at: "ended",
    started: ["time"],
    output: {
      result: {
        outcome: {
          kind: "unverified",
          failure: {
            code: "out-of-time",
            message: "no time remains for the upgrade tier: it takes 5 s at least, and the deadline of the run leaves 4 s",
          },
        },
      },
    },
  },
  { title: "while the stack settles, that is what has no more time", told: [...operated, "time.over"], at: "settling" },
  {
    title: "a settling that was cut leaves the tier with nothing shown",
    told: [...operated, "done settle cut"],
    at: "ended",
    output: { result: { outcome: { kind: "unverified", failure: outOfTime } } },
  },
  {
    title: "a settling that breaks fails the tier",
    told: [...operated, "error settle"],
    at: "ended",
    output: { result: { outcome: { kind: "fail", failure: outage } } },
  },
];

const orphan = ["done probe orphan"];
const kept: Readonly<Record<string, string>> = {
  held: "its lock is held by run 41",
  replaced: "its lock file was replaced: a newer run owns the app",
  unusable: "its lock file cannot be used: a folder",
  postponed: "reaping failed 2 times; next try at 2026-01-01T00:00:00Z",
};
const cleaned = [...orphan, "done teardown clean"];

export const reapStories: readonly Story[] = [
  {
    title: "an orphan is torn down under its lock, and then released",
    told: [...cleaned, "done release"],
    at: "done",
    started: ["probe", "teardown", "release"],
    output: { outcome: { kind: "reaped" } },
  },
  ...(["held", "replaced", "unusable", "postponed"] as const).map((kind) => ({
    title: `an app whose lock is ${kind} is left alone`,
    told: [`done probe ${kind}`],
    at: "done",
    started: ["probe"],
    said: kept[kind] ?? "",
  })),
  {
    title: "the dead run's cookies go into the teardown",
    told: orphan,
    at: "cleaning",
    context: { probe: { kind: "orphan", cookies: [cookie], card } },
    inputs: { teardown: { cookies: [cookie] } },
  },
  {
    title: "a probe that fails lets go of what it may hold",
    told: ["error probe", "done letGo"],
    at: "done",
    started: ["probe", "letGo"],
    output: { outcome: { kind: "failed", why: "the host went away", cleanliness: { kind: "unknown" } } },
  },
  {
    title: "a probe that overruns lets go of what it may hold",
    told: ["after probeBudget", "done letGo"],
    at: "done",
    started: ["probe", "letGo"],
    output: { outcome: { kind: "failed", why: "probe took too long", cleanliness: { kind: "unknown" } } },
  },
  {
    title: "a teardown that leaves residue is a failed reap",
    told: [...orphan, "done teardown dirty", "done release"],
    at: "done",
    output: { outcome: { kind: "failed", why: "residue is left", cleanliness: { kind: "dirty", residue: [volume] } } },
  },
  {
    title: "a teardown that could not look everywhere is a failed reap, to be tried again",
    told: [...orphan, "done teardown unverified", "done release"],
    at: "done",
    output: {
      outcome: { kind: "failed", why: "not verified: worker (it is down)", cleanliness: { kind: "unverified", nodes: [silentNode] } },
    },
  },
  {
    title: "an app that no run has made is shown, its lock is let go, and nothing is touched",
    told: ["done probe unclaimed", "done letGo"],
    at: "done",
    started: ["probe", "letGo"],
    output: { outcome: { kind: "unclaimed", why: "nothing says that a run made it (service blog)" } },
  },
  {
    title: "a teardown that breaks is a failed reap, and released",
    told: [...orphan, "error teardown", "done release"],
    at: "done",
    started: ["probe", "teardown", "release"],
    output: { outcome: { kind: "failed", why: "the host went away", cleanliness: { kind: "unknown" } } },
  },
  {
    title: "a release that fails still lets go",
    told: [...cleaned, "error release", "done letGo"],
    at: "done",
    started: ["probe", "teardown", "release", "letGo"],
    context: { failure: "the host went away" },
  },
  {
    title: "a release that overruns still lets go",
    told: [...cleaned, "after releaseBudget", "done letGo"],
    at: "done",
    started: ["probe", "teardown", "release", "letGo"],
    context: { failure: "release took too long" },
  },
  {
    title: "a lock that cannot be let go ends the reap all the same",
    told: ["done probe orphan", "error teardown", "error release", "error letGo"],
    at: "done",
    context: { failure: "the host went away" },
  },
  {
    title: "a lock that cannot be let go is told",
    told: ["after probeBudget", "error letGo"],
    at: "done",
    context: { failure: "the host went away" },
  },
  {
    title: "letting go that overruns ends the reap all the same",
    told: ["error probe", "after releaseBudget"],
    at: "done",
    context: { failure: "letting go took too long" },
  },
];

export const reapDryRunStories: readonly Story[] = [
  {
    title: "a dry run only says what it would reap, and lets go",
    told: ["done probe orphan", "done letGo"],
    at: "done",
    started: ["probe", "letGo"],
    output: { outcome: { kind: "would-reap" } },
  },
];

const allLanes = lanes.map((lane) => `lane${lane}`);
const some = ["done discover some"];
const reaped = [...some, ...allLanes.map((lane) => `done ${lane}`)];

export const janitorStories: readonly Story[] = [
  {
    title: "all lanes work side by side, and lock files are swept when the last has finished",
    told: [...some, ...allLanes.toReversed().map((lane) => `done ${lane}`), "done sweep"],
    at: "done",
    started: ["discover", ...allLanes, "sweep"],
    output: { swept: ["old.lock"], reaps: [heldApp, ...allLanes.map(() => reapedApp)] },
  },
  {
    title: "the apps are shared out among the lanes, each to one of them",
    told: some,
    at: "reaping",
    inputs: { lane0: { candidates: [candidate(1), candidate(9)], dryRun: false }, lane7: { candidates: [candidate(8)], dryRun: false } },
  },
  { title: "lock files are not swept while a lane works", told: reaped.slice(0, -1), at: "reaping", started: ["discover", ...allLanes] },
  {
    title: "a lane that breaks is reported, and the others go on",
    told: [...some, "error lane3"],
    at: "reaping",
    context: { troubles: [outage], busyLanes: lanes.length - 1 },
  },
  {
    title: "an app that needs no probe is told, and no lane is begun",
    told: ["done discover held", "done sweep"],
    at: "done",
    started: ["discover", "sweep"],
    output: { reaps: [heldApp] },
  },
  {
    title: "a host without run apps is only swept",
    told: ["done discover none", "done sweep"],
    at: "done",
    started: ["discover", "sweep"],
    output: { reaps: [] },
  },
  {
    title: "what cannot be looked at is reported, and the locks swept",
    told: ["error discover", "done sweep"],
    at: "done",
    output: { troubles: [outage] },
  },
  {
    title: "a look around that overruns is reported, and the locks swept",
    told: ["after discoverBudget", "done sweep"],
    at: "done",
    started: ["discover", "sweep"],
  },
  {
    title: "a sweep that fails ends the pass all the same",
    told: ["done discover none", "error sweep"],
    at: "done",
    output: { troubles: [outage], swept: [] },
  },
  { title: "a sweep that overruns ends the pass all the same", told: ["done discover none", "after sweepBudget"], at: "done" },
];

export const laneStories: readonly Story[] = [
  {
    title: "a lane reaps its share, one after the other",
    told: ["done reap", "done reap"],
    at: "finished",
    started: ["reap", "reap"],
    output: { reaps: [reapedApp, reapedApp], troubles: [] },
  },
  {
    title: "a reap that breaks is reported, and the next one taken",
    told: ["error reap"],
    at: "reaping",
    started: ["reap", "reap"],
    context: { troubles: [outage] },
  },
];
