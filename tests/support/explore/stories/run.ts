import type { Story } from "../story.js";
import { stopCauses } from "../run-chart.js";
import { unclaimedFailure } from "../../../../src/machines/run/run-failures.js";
import { steadyStack } from "../stacks.js";
import { app, base, cookie, dep, failure, outOfTime, passedTest, version, volume } from "../samples.js";

const prepared = ["done prepareRecipe", "done janitor", "done drainJanitor"];
const held = [...prepared, "lock.held"];
const deploying = [...held, "done findRemains none"];
const testing = [...deploying, "done deploy up"];
const untested = [...testing, "done install passed", "done custom passed"];
const green = [...untested, "done lastLook steady"];
const pictured = ["done takePicture"];
const tested = [...green, ...pictured];
const explained = ["done evidence", ...pictured];
const twice = ["done prepareRecipe twice", "done janitor", "done drainJanitor", "lock.held", "done findRemains none", "done deploy up"];
const heldWithDeps = ["done prepareRecipe needing", "done janitor", "done drainJanitor", "lock.held"];
const needing = [...heldWithDeps, "done findRemains none", "done findRemains none"];
const needed = { domain: dep(1).app.domain, stack: dep(1).app.stack };
const firstRound = [...twice, "done upgrade passed", "done backup passed", "done restore passed"];
const secondRound = [...firstRound, "done replaceTeardown clean", "done deploy up"];
const recovering = [...held, "done findRemains residue"];
const lost = [...deploying, "lock.lost"];
const stopped = [...testing, "stop TERM"];
const reported = ["done drainAll", "done writeReport"];

const recover = "holding.running.recover.looking";
const cleaning = "holding.tearingDown.cleaning";
const reclaiming = "holding.tearingDown.reclaiming";
const reporting = "reporting.draining";
const explaining = "holding.running.test.explaining";
const picturing = "holding.running.picturing";
const actors = ["stops", "prepareRecipe", "janitor", "drainJanitor", "holdLock", "findRemains"];

/** How to get to each place where a run waits, and the place a stop leads to from there. */
const waits: readonly { readonly at: string; readonly told: readonly string[]; readonly byStop: string }[] = [
  { at: "prepare.recipe.preparing prepare.janitor.passing", told: [], byStop: reporting },
  { at: "prepare.recipe.prepared prepare.janitor.draining", told: ["done prepareRecipe", "done janitor"], byStop: reporting },
  { at: "holding.acquire", told: prepared, byStop: reporting },
  { at: recover, told: held, byStop: cleaning },
  { at: "holding.running.recover.cleaning", told: recovering, byStop: cleaning },
  { at: "holding.running.deploy", told: deploying, byStop: cleaning },
  { at: "holding.running.test.install", told: testing, byStop: cleaning },
  { at: "holding.running.test.lastLook", told: untested, byStop: cleaning },
  { at: picturing, told: green, byStop: cleaning },
];

const stops: readonly Story[] = waits.flatMap(({ at, told, byStop }) =>
  ["TERM", "INT"].map((cause): Story => ({
    title: `${cause} in ${at} leads to ${byStop} and settles the verdict`,
    told: [...told, `stop ${cause}`],
    at: byStop,
    context: { verdict: { kind: "stopped", cause } },
  })),
);

const deadlines: readonly Story[] = waits.map(({ at, told, byStop }) => ({
  title: `the deadline in ${at} leads to ${byStop}`,
  told: [...told, "after deadline"],
  at: byStop,
  context: { verdict: { kind: "stopped", cause: "deadline" } },
}));

const lostLocks: readonly Story[] = waits
  .filter(({ byStop }) => byStop === cleaning)
  .flatMap(({ at, told }) => [
    {
      title: `a lost lock in ${at} is reclaimed before anything is touched`,
      told: [...told, "lock.lost"],
      at: reclaiming,
      context: { verdict: { kind: "stopped", cause: "lost-lock" } },
    },
    {
      title: `a lock that fails in ${at} is reclaimed before anything is touched`,
      told: [...told, "lock.failed"],
      at: reclaiming,
      context: { verdict: { kind: "failed", failure } },
    },
  ]);

const target = { domain: app.domain, stack: app.stack };

const red = (exitCode: number, cleanliness: unknown = { kind: "clean" }) => ({ exitCode, cleanliness });

const whole: readonly Story[] = [
  {
    title: "a green run takes every step once, in order",
    told: [...tested, "done teardowns clean", ...reported],
    at: "released",
    started: [...actors, "deploy", "install", "custom", "lastLook", "takePicture", "teardowns", "drainAll", "writeReport"],
    output: { verdict: { kind: "passed" }, cleanliness: { kind: "clean" }, exitCode: 0 },
  },
  {
    title: "a janitor that breaks, or whose drain breaks, never fails the run",
    told: ["error janitor", "error drainJanitor", "done prepareRecipe"],
    at: "holding.acquire",
    context: { verdict: null },
  },
  {
    title: "a janitor that takes too long is drained and left to the next pass",
    told: ["after janitorBudget", "after drainBudget", "done prepareRecipe"],
    at: "holding.acquire",
    started: ["stops", "prepareRecipe", "janitor", "drainJanitor", "holdLock"],
    context: { verdict: null },
  },
  {
    title: "the janitor's locks are let go before the run asks for its own",
    told: ["done prepareRecipe", "done janitor"],
    at: "prepare.recipe.prepared prepare.janitor.draining",
  },
  {
    title: "a recipe that cannot be prepared ends the run with its own code",
    told: ["error prepareRecipe", ...reported],
    at: "released",
    started: ["stops", "prepareRecipe", "janitor", "drainAll", "writeReport"],
    output: red(69, { kind: "unknown" }),
  },
  {
    title: "a prepare that overruns names itself",
    told: ["after prepareBudget", ...reported],
    at: "released",
    output: red(69, { kind: "unknown" }),
  },
  { title: "a busy lock is waited for, and its holder known", told: [...prepared, "lock.busy"], at: "holding.acquire" },
  {
    title: "a lock that cannot be had ends the run",
    told: [...prepared, "lock.failed", ...reported],
    at: "released",
    output: red(1, { kind: "unknown" }),
  },
  {
    title: "a lock that is not had in time ends the run with 75",
    told: [...prepared, "after lockTimeout", ...reported],
    at: "released",
    output: red(75, { kind: "unknown" }),
  },
  { title: "a broken watch leaves the lockTimeout in charge", told: [...prepared, "error holdLock", "after lockTimeout"], at: reporting },
  { title: "a run without ears still has its deadline", told: ["error stops", ...deploying, "after deadline"], at: cleaning },
  {
    title: "residue is cleaned before the deploy",
    told: recovering,
    at: "holding.running.recover.cleaning",
    started: [...actors, "recoverTeardown"],
  },
  {
    title: "survivors alone are reason enough to clean, and are found by their cookies",
    told: [...held, "done findRemains survivors"],
    at: "holding.running.recover.cleaning",
    inputs: { findRemains: target, recoverTeardown: { ...target, cookies: [cookie] } },
  },
  {
    title: "a run tears down its own app, without looking for strangers",
    told: stopped,
    at: cleaning,
    inputs: { teardowns: { targets: [target], cookies: [] } },
  },
  {
    title: "each tier is asked for in its turn, at the app's address",
    told: [...testing, "done install passed"],
    at: "holding.running.test.custom",
    inputs: { custom: { tier: "custom", app, target: version, facts: { version }, up: { url: "https://hello" } } },
  },
  { title: "the lock that is asked for is the app's", told: prepared, at: "holding.acquire", inputs: { holdLock: { domain: app.domain } } },
  { title: "the lock that is reclaimed is the app's", told: lost, at: reclaiming, inputs: { reclaimLock: { domains: [app.domain] } } },
  ...(
    [
      ["a tier", [...testing, "done install cut", ...pictured]],
      ["a deploy", [...deploying, "done deploy cut"]],
      ["a dep", [...needing, "done deps cut"]],
    ] as const
  ).map(([what, told]) => ({
    title: `${what} that the deadline cut short ends the run as the deadline does, and the verdict has what was cut`,
    told: [...told, "done teardowns clean", ...reported],
    at: "released",
    output: { verdict: { kind: "stopped", cause: "deadline", cut: outOfTime }, exitCode: 142 },
  })),
  {
    title: "the report is given what the run came to",
    told: [...tested, "done teardowns dirty", "done drainAll"],
    at: "reporting.writing",
    inputs: { writeReport: { app, verdict: { kind: "passed" }, cleanliness: { kind: "dirty", residue: [volume] }, url: "https://hello" } },
  },
  { title: "after a clean recovery the run deploys", told: [...recovering, "done recoverTeardown clean"], at: "holding.running.deploy" },
  {
    title: "what cannot be recovered is not deployed over",
    told: [...recovering, "done recoverTeardown dirty", "done teardowns dirty", ...reported],
    at: "released",
    output: red(1, { kind: "dirty", residue: [volume] }),
  },
  {
    title: "a node that could not be asked does not keep the run from its deploy",
    told: [...recovering, "done recoverTeardown unverified"],
    at: "holding.running.deploy",
  },
  {
    title: "what is there and nobody's run's is neither removed nor deployed over",
    told: [...held, "done findRemains unclaimed", "done teardowns clean", ...reported],
    at: "released",
    started: [...actors, "teardowns", "drainAll", "writeReport"],
    output: { verdict: { kind: "failed", failure: unclaimedFailure(app.domain, [volume]) }, ...red(69) },
  },
  {
    title: "passed and not verified is 3",
    told: [...tested, "done teardowns unverified", ...reported],
    at: "released",
    output: { verdict: { kind: "passed" }, exitCode: 3 },
  },
  {
    title: "a recovery that breaks leads to the teardown",
    told: [...recovering, "error recoverTeardown", "done teardowns clean", ...reported],
    at: "released",
    output: red(69),
  },
  {
    title: "a recovery that overruns leads to the teardown",
    told: [...recovering, "after teardownBudget", "done teardowns clean", ...reported],
    at: "released",
    output: red(69),
  },
  {
    title: "a look at the remains that fails leads to the teardown",
    told: [...held, "error findRemains", "done teardowns clean", ...reported],
    at: "released",
    output: red(69),
  },
  {
    title: "a look at the remains that overruns leads to the teardown",
    told: [...held, "after recoverBudget", "done teardowns clean", ...reported],
    at: "released",
    output: red(69),
  },
  {
    title: "a failed deploy is torn down and red",
    told: [...deploying, "done deploy failed", "done teardowns clean", ...reported],
    at: "released",
    output: { verdict: { kind: "failed", failure }, ...red(1) },
  },
  {
    title: "a broken deploy is torn down and red",
    told: [...deploying, "error deploy", "done teardowns clean", ...reported],
    at: "released",
    output: red(69),
  },
  {
    title: "a tier that passes leaves one tier fewer, and its result",
    told: [...testing, "done install passed"],
    at: "holding.running.test.custom",
    context: { tiersLeft: ["custom"], deployment: { up: { url: "https://hello" } } },
  },
  {
    title: "a run without a test has no verdict, which is red",
    told: [
      "done prepareRecipe untested",
      "done janitor",
      "done drainJanitor",
      "lock.held",
      "done findRemains none",
      "done deploy up",
      "done teardowns clean",
      ...reported,
    ],
    at: "released",
    started: [...actors, "deploy", "teardowns", "drainAll", "writeReport"],
    output: red(70),
  },
  {
    title: "a failed tier ends the tests and is red",
    told: [...testing, "done install failed", ...pictured, "done teardowns clean", ...reported],
    at: "released",
    output: red(1),
  },
  {
    title: "a custom tier that breaks ends the tests",
    told: [...testing, "done install passed", "error custom"],
    at: cleaning,
    context: { verdict: { kind: "failed" } },
  },
  ...(["upgrade", "backup", "restore"] as const).flatMap((tier, index): readonly Story[] => {
    const told = [...twice, ...["done upgrade passed", "done backup passed"].slice(0, index)];
    return [
      {
        title: `a failed ${tier} ends the tests`,
        told: [...told, `done ${tier} failed`],
        at: picturing,
        context: { verdict: { kind: "failed", failure } },
      },
      {
        title: `${tier} that breaks ends the tests`,
        told: [...told, `error ${tier}`],
        at: cleaning,
        context: { verdict: { kind: "failed" } },
      },
    ];
  }),
  {
    title: "a later tier that fails is red",
    told: [...testing, "done install passed", "done custom failed", ...pictured, "done teardowns clean", ...reported],
    at: "released",
    output: red(1),
  },
  {
    title: "a tier that breaks is red",
    told: [...testing, "error install", "done teardowns clean", ...reported],
    at: "released",
    output: red(69),
  },
  {
    title: "a tier that showed nothing is red",
    told: [...testing, "done install unverified", ...pictured, "done teardowns clean", ...reported],
    at: "released",
    output: { verdict: { kind: "failed", failure: { code: "tier-unverified" } }, ...red(1) },
  },
  {
    title: "a tier that had nothing to do is no failure",
    told: [...testing, "done install skipped"],
    at: "holding.running.test.custom",
    context: { verdict: null },
  },
  { title: "green is said only after one more look", told: untested, at: "holding.running.test.lastLook", context: { verdict: null } },
  {
    title: "a task found dead by the last look is red",
    told: [...untested, "done lastLook dead", ...explained, "done teardowns clean", ...reported],
    at: "released",
    output: { verdict: { kind: "failed", failure: { code: "task-died" } }, ...red(1) },
  },
  {
    title: "the last words are told with the failure",
    told: [...untested, "done lastLook dead", ...explained],
    at: cleaning,
    inputs: { evidence: { app, settled: steadyStack.settled } },
    context: { evidence: { lines: ["last words"] } },
  },
  ...(["error evidence", "after explainBudget"] as const).map((end) => ({
    title: `${end}: the failure stands without its last words`,
    told: [...untested, "done lastLook dead", end],
    at: picturing,
    context: { evidence: null, verdict: { kind: "failed" } },
  })),
  {
    title: "a stop while the last words are read changes nothing of the verdict",
    told: [...untested, "done lastLook dead", "stop TERM"],
    at: cleaning,
    context: { verdict: { kind: "failed", failure: { code: "task-died" } } },
  },
  {
    title: "a deploy more than the plan has is red",
    told: [...untested, "done lastLook second", ...explained, "done teardowns clean", ...reported],
    at: "released",
    output: { verdict: { kind: "failed", failure: { code: "deploys-miscounted" } }, ...red(1) },
  },
  {
    title: "a deploy fewer than the plan has is red",
    told: [...secondRound, "done upgrade passed", "done lastLook steady"],
    at: explaining,
    context: { verdict: { kind: "failed", failure: { code: "deploys-miscounted" } } },
  },
  {
    title: "each app of the run is recovered, and then what the app needs is deployed",
    told: needing,
    at: "holding.running.deps",
    started: [...actors, "findRemains", "deps"],
    inputs: {
      holdLock: { domain: app.domain, others: [needed.domain] },
      findRemains: { ...needed, previous: null },
      deps: { deps: [dep(1)] },
    },
  },
  {
    title: "a dep's residue is cleaned under its own name",
    told: [...heldWithDeps, "done findRemains none", "done findRemains residue"],
    at: "holding.running.recover.cleaning",
    inputs: { recoverTeardown: needed },
  },
  {
    title: "after the deps the app is deployed",
    told: [...needing, "done deps up"],
    at: "holding.running.deploy",
    context: { verdict: null },
  },
  {
    title: "without its deps nothing is tried, and everything is torn down, the app first",
    told: [...needing, "done deps failed"],
    at: cleaning,
    inputs: { teardowns: { targets: [target, needed] } },
    context: { verdict: { kind: "failed", failure } },
  },
  {
    title: "deps that break end the run",
    told: [...needing, "error deps", "done teardowns clean", ...reported],
    at: "released",
    output: red(69),
  },
  {
    title: "a run with a dep has two deploys",
    told: [...needing, "done deps up", "done deploy up", "done install passed", "done lastLook second", ...pictured],
    at: cleaning,
    context: { verdict: { kind: "passed" } },
  },
  {
    title: "an upgrade is aimed at the ref, from the base that was deployed",
    told: twice,
    at: "holding.running.test.upgrade",
    inputs: { deploy: { app, version: base }, upgrade: { tier: "upgrade", target: version, facts: { version: base } } },
  },
  {
    title: "between two rounds the app is removed, and then deployed anew",
    told: [...firstRound],
    at: "holding.running.test.replacing",
    inputs: { replaceTeardown: { ...target, cookies: [] } },
  },
  {
    title: "a round that restores the backup of the one before knows of it, and of what is to be found again",
    told: [
      "done prepareRecipe fresh",
      "done janitor",
      "done drainJanitor",
      "lock.held",
      "done findRemains none",
      "done deploy up",
      "done backup passed",
      "done replaceTeardown clean",
      "done deploy up",
    ],
    at: "holding.running.test.restore",
    inputs: { restore: { facts: { snapshot: "5a4b", version } } },
  },
  {
    title: "a further base knows nothing of the round before",
    told: secondRound,
    at: "holding.running.test.upgrade",
    inputs: { upgrade: { facts: { snapshot: null, version: base } } },
  },
  {
    title: "every round is gone through before the last look",
    told: [...secondRound, "done upgrade passed", "done lastLook second", ...pictured, "done teardowns clean", ...reported],
    at: "released",
    started: [
      ...actors,
      "deploy",
      "upgrade",
      "backup",
      "restore",
      "replaceTeardown",
      "deploy",
      "upgrade",
      "lastLook",
      "takePicture",
      "teardowns",
      "drainAll",
      "writeReport",
    ],
    output: { verdict: { kind: "passed" }, ...red(0) },
  },
  {
    title: "an app that cannot be removed between two rounds is not deployed over",
    told: [...firstRound, "done replaceTeardown dirty", "done teardowns clean", ...reported],
    at: "released",
    output: red(1),
  },
  ...(["error replaceTeardown", "after teardownBudget"] as const).map((end) => ({
    title: `${end} between two rounds ends the run`,
    told: [...firstRound, end, "done teardowns clean", ...reported],
    at: "released",
    output: red(69),
  })),
  {
    title: "a run is green only once its app has been pictured",
    told: green,
    at: picturing,
    inputs: { takePicture: { url: "https://hello" } },
    context: { verdict: null },
  },
  ...(["error takePicture", "after pictureBudget"] as const).map((end) => ({
    title: `${end} does not keep a green run from passing`,
    told: [...green, end],
    at: cleaning,
    context: { verdict: { kind: "passed" } },
  })),
  {
    title: "a picture of an app that failed does not make it pass",
    told: [...testing, "done install failed", ...pictured],
    at: cleaning,
    context: { verdict: { kind: "failed", failure } },
  },
  {
    title: "a last look that fails is no pass",
    told: [...untested, "error lastLook", "done teardowns clean", ...reported],
    at: "released",
    output: red(69),
  },
  {
    title: "a last look that overruns is no pass",
    told: [...untested, "after lookBudget", "done teardowns clean", ...reported],
    at: "released",
    output: red(69),
  },
  {
    title: "passed and dirty is 3",
    told: [...tested, "done teardowns dirty", ...reported],
    at: "released",
    output: { verdict: { kind: "passed" }, exitCode: 3 },
  },
  ...(["error teardowns", "after teardownBudget"] as const).map((end) => ({
    title: `passed and ${end} is 3: what could not be verified is not clean`,
    told: [...tested, end, ...reported],
    at: "released",
    output: red(3, { kind: "dirty", residue: [{ kind: "service", name: `${app.stack} (teardown did not finish)` }] }),
  })),
  {
    title: "a stop during the test is torn down and 143",
    told: [...stopped, "done teardowns clean", ...reported],
    at: "released",
    output: red(143),
  },
  {
    title: "the results of a failed tier are kept for the report",
    told: [...testing, "done install failed"],
    at: picturing,
    context: { tiersLeft: ["custom"], results: [{ tier: "install", outcome: { kind: "fail", failure }, tests: [passedTest] }] },
  },
  {
    title: "a lost lock that is reclaimed is torn down and 75",
    told: [...lost, "done reclaimLock ours", "done teardowns clean", ...reported],
    at: "released",
    output: red(75),
  },
  ...(["done reclaimLock taken", "error reclaimLock", "after drainBudget"] as const).map((end) => ({
    title: `a lost lock and ${end}: another run owns the app, so nothing is touched`,
    told: [...lost, end, ...reported],
    at: "released",
    started: [...actors, "deploy", "reclaimLock", "drainAll", "writeReport"],
    output: red(75, { kind: "unknown" }),
  })),
  ...(["error drainAll", "after drainBudget"] as const).map((end) => ({
    title: `${end} does not keep the report from being written`,
    told: [...tested, "done teardowns clean", end],
    at: "reporting.writing",
  })),
  ...(["error writeReport", "after reportBudget"] as const).map((end) => ({
    title: `${end} does not keep a green run from ending green`,
    told: [...tested, "done teardowns clean", "done drainAll", end],
    at: "released",
    output: red(0),
  })),
  {
    title: "a stop in the teardown is noted and nothing more",
    told: [...stopped, "stop INT", "lock.lost", "lock.failed", "done teardowns clean", "stop TERM", ...reported],
    at: "released",
    context: { ignored: ["stop", "lock.lost", "lock.failed", "stop"] },
    output: red(143),
  },
  {
    title: "a broken stream of stops is noted",
    told: ["error stops"],
    at: waits[0]?.at ?? "",
    context: { ignored: ["the stream of stops broke"] },
  },
  {
    title: "a broken watch on the lock is noted",
    told: [...held, "error holdLock"],
    at: recover,
    context: { ignored: ["the lock's watch broke"] },
  },
  {
    title: "a lock that could not be reclaimed is noted",
    told: [...lost, "error reclaimLock"],
    at: reporting,
    context: { ignored: ["the lock could not be reclaimed"] },
  },
  {
    title: "what lock.held says of the last holder is kept",
    told: held,
    at: recover,
    context: { holder: { runId: "41", pid: 4_100, runDir: null, link: null, since: null } },
  },
  {
    title: "what lock.busy says of the holder is kept",
    told: [...prepared, "lock.busy"],
    at: "holding.acquire",
    context: { holder: { runId: "41", pid: 4_100, runDir: null, link: null, since: null } },
  },
  {
    title: "what the last look found is kept for the teardown",
    told: recovering,
    at: "holding.running.recover.cleaning",
    context: { remains: { residue: [volume], unclaimed: [], cookies: [] } },
  },
];

export const runStories: readonly Story[] = [...whole, ...stops, ...deadlines, ...lostLocks];

const waiting = "holding.running.hold.waiting";
const failedTier = [...testing, "done install failed", "done takePicture"];

export const runHeldStories: readonly Story[] = [
  {
    title: "a failed tier is kept for a look, with where the app is",
    told: failedTier,
    at: waiting,
    inputs: { awaitRelease: { app, url: "https://hello", verdict: { kind: "failed", failure } } },
  },
  {
    title: "a failed deploy is kept for a look, though nothing answers",
    told: [...deploying, "done deploy failed"],
    at: waiting,
    inputs: { awaitRelease: { app, url: null } },
  },
  {
    title: "a failed last look is kept once its last words are read",
    told: [...untested, "done lastLook dead", ...explained],
    at: waiting,
  },
  { title: "deps that fail are kept for a look", told: [...needing, "done deps failed"], at: waiting },
  { title: "a passed run is not kept where only a failed one is to be", told: tested, at: cleaning },
  {
    title: "a run that tested nothing is red, and kept",
    told: ["done prepareRecipe untested", "done janitor", "done drainJanitor", "lock.held", "done findRemains none", "done deploy up"],
    at: waiting,
    context: { verdict: null },
    inputs: { awaitRelease: { verdict: { kind: "failed", failure: { code: "no-verdict" } } } },
  },
  {
    title: "whoever has seen enough lets it go, and the verdict stands",
    told: [...failedTier, "done awaitRelease", "done teardowns clean", ...reported],
    at: "released",
    output: { verdict: { kind: "failed", failure }, ...red(1) },
  },
  {
    title: "a look that breaks lets it go, and is noted",
    told: [...failedTier, "error awaitRelease"],
    at: cleaning,
    context: { ignored: ["the wait for a look broke"], verdict: { kind: "failed", failure } },
  },
  ...["stop TERM", "stop INT", "after deadline"].map((end): Story => ({
    title: `${end} ends the look, and the verdict stands`,
    told: [...failedTier, end],
    at: cleaning,
    context: { verdict: { kind: "failed", failure } },
  })),
  ...["lock.lost", "lock.failed"].map((end): Story => ({
    title: `${end} during the look is reclaimed before anything is touched`,
    told: [...failedTier, end],
    at: reclaiming,
    context: { verdict: { kind: "failed", failure } },
  })),
  { title: "a stop before anything failed is not kept", told: stopped, at: cleaning },
];

/** Every place of a run where something is waited for, for tests that add two events of their own. */
export const runWaits = [
  ...waits,
  { at: reclaiming, told: lost },
  { at: cleaning, told: stopped },
  { at: reporting, told: ["stop TERM"] },
  { at: "reporting.writing", told: ["stop TERM", "done drainAll"] },
];

export const everyStop = [...stopCauses.map((cause) => `stop ${cause}`), "after deadline", "lock.lost"];
