import type { AnyMachineSnapshot } from "xstate";
import type { RunContext, RunOutput } from "../../../../src/machines/run/run.types.js";
import { tiers } from "../../../../src/machines/vocabulary.js";
import type { Step } from "../explore.js";
import { describe, isActive, type Invariant } from "./every-chart.js";

const running = "run.holding.running";
const hold = "run.holding.running.hold";
const tearingDown = "run.holding.tearingDown";
const reporting = "run.reporting";
const released = "run.released";

const is = (snapshot: AnyMachineSnapshot, id: string): boolean => isActive(snapshot, id);
const contextOf = (snapshot: AnyMachineSnapshot): RunContext => snapshot.context as RunContext;

const violations =
  (test: (step: Step) => boolean, why: string): Invariant =>
  ({ steps }) =>
    steps.filter(test).map((step) => `${describe(step)}: ${why}`);

/** Design 3, invariant 1. */
export const leavesRunningByTeardown = violations(
  ({ from, snapshot }) => is(from.snapshot, running) && !is(snapshot, running) && !is(snapshot, tearingDown),
  "running is left only into tearingDown",
);

export const leavesTeardownByReporting = violations(
  ({ from, snapshot }) => is(from.snapshot, tearingDown) && !is(snapshot, tearingDown) && !is(snapshot, reporting),
  "tearingDown is left only into reporting",
);

export const leavesReportingByRelease = violations(
  ({ from, snapshot }) => is(from.snapshot, reporting) && !is(snapshot, reporting) && !is(snapshot, released),
  "reporting is left only into released",
);

const isOwnWork = ({ from, told }: Step): boolean => {
  const { type } = told.event;
  if (!type.startsWith("xstate.")) return false;
  if (type.startsWith("xstate.after.")) return type.includes(".run.holding.tearingDown.") || type.includes(".run.reporting.");
  const id = type.slice(type.indexOf(".actor.") + ".actor.".length);
  return ["reclaimLock", "teardowns", "drainAll", "writeReport"].includes(id) && id in from.snapshot.children;
};

/** Design 3, invariant 2: looked at by state, by actor and by verdict. */
export const deafFromTeardownOn = violations(
  (step) =>
    (is(step.from.snapshot, tearingDown) || is(step.from.snapshot, reporting)) &&
    !isOwnWork(step) &&
    (step.key !== step.from.key || step.started.length + step.stopped.length > 0),
  "from tearingDown on, nothing from outside changes anything",
);

/** A stop that came too late is written down. The stack is not watched any more. */
export const notesTheIgnored = violations(
  ({ from, snapshot, told }) =>
    !told.event.type.startsWith("xstate.") &&
    !told.event.type.startsWith("stack.") &&
    (is(from.snapshot, tearingDown) || is(from.snapshot, reporting)) &&
    contextOf(snapshot).ignored.length !== contextOf(from.snapshot).ignored.length + 1,
  "what was ignored is not noted",
);

/** Design 3, invariant 3: the watch on the lock lives from acquire to the end of the teardown. */
export const watchesTheLock = violations(
  ({ from, snapshot, started, stopped }) =>
    (is(snapshot, "run.holding") && is(from.snapshot, "run.holding") && (started.includes("holdLock") || stopped.includes("holdLock"))) ||
    (is(snapshot, "run.holding") && !is(from.snapshot, "run.holding") && !started.includes("holdLock")),
  "the lock's watch is not kept",
);

const touching: readonly string[] = ["findRemains", "recoverTeardown", "replaceTeardown", "deps", "deploy", ...tiers, "teardowns"];

/** Nothing of the Swarm is touched by a run that does not hold the lock. */
export const touchesOnlyUnderLock: Invariant = ({ steps, places }) => [
  ...steps
    .filter(({ snapshot, started }) => started.some((id) => touching.includes(id)) && !snapshot.tags.has("holds-lock"))
    .map((step) => `${describe(step)}: touches the Swarm without the lock`),
  ...steps
    .filter(
      ({ from, snapshot, told }) =>
        !from.snapshot.tags.has("holds-lock") && snapshot.tags.has("holds-lock") && told.event.type !== "lock.held",
    )
    .map((step) => `${describe(step)}: believes in a lock that nobody gave`),
  ...[...places.values()]
    .filter(
      ({ snapshot }) =>
        snapshot.status === "active" && (is(snapshot, running) || is(snapshot, tearingDown)) !== snapshot.tags.has("holds-lock"),
    )
    .map(({ at }) => `${at}: the tag holds-lock is wrong`),
];

const uninterruptibleTags: Invariant = ({ places }) =>
  [...places.values()]
    .filter(
      ({ snapshot }) =>
        snapshot.status === "active" && (is(snapshot, tearingDown) || is(snapshot, reporting)) !== snapshot.tags.has("uninterruptible"),
    )
    .map(({ at }) => `${at}: the tag uninterruptible is wrong`);

/** Design 3, invariant 4. */
export const firstVerdictStands = violations(
  ({ from, snapshot }) => contextOf(from.snapshot).verdict !== null && contextOf(snapshot).verdict !== contextOf(from.snapshot).verdict,
  "the first verdict stands",
);

const picturing = "run.holding.running.picturing";

/** Only a stack that is as it settled, after every tier, is pictured without a verdict, and only then is one that `passed` said. */
export const passesOnlyByTests = violations(
  ({ from, snapshot, told }) =>
    (contextOf(snapshot).verdict?.kind === "passed" && contextOf(from.snapshot).verdict === null && !is(from.snapshot, picturing)) ||
    (is(snapshot, picturing) &&
      !is(from.snapshot, picturing) &&
      contextOf(snapshot).verdict === null &&
      told.name !== "done lastLook steady" &&
      told.name !== "done lastLook second"),
  "passed without a last look at a steady stack",
);

/** A task that the last look finds dead fails the run, whatever the tests came to. */
const deathsFailTests = violations(
  ({ possible, snapshot, told }) => possible && told.name === "done lastLook dead" && contextOf(snapshot).verdict?.kind !== "failed",
  "a task that had settled died, and the run goes on",
);

/** A round goes on from an app that was removed, or a version would be tested that was never deployed. */
const roundsBeginAnew = violations(
  ({ from, snapshot, told }) =>
    contextOf(snapshot).round > contextOf(from.snapshot).round &&
    !["done replaceTeardown clean", "done replaceTeardown unverified"].includes(told.name),
  "a round begins over another",
);

const passesOnlyComplete = violations(
  ({ snapshot }) =>
    contextOf(snapshot).verdict?.kind === "passed" &&
    (contextOf(snapshot).tiersLeft.length > 0 || contextOf(snapshot).round + 1 < (contextOf(snapshot).prepared?.plan.rounds.length ?? 0)),
  "passed before every tier of every round was done",
);

/** Whoever leaves for tearingDown or reporting says why; but for a deploy that no test follows, which is red by that. */
export const failuresAreNamed = violations(
  ({ possible, from, snapshot, told }) =>
    possible &&
    contextOf(from.snapshot).verdict === null &&
    (is(snapshot, tearingDown) || is(snapshot, reporting) || is(snapshot, "run.holding.running.test.explaining") || is(snapshot, hold)) &&
    !is(from.snapshot, hold) &&
    !is(from.snapshot, tearingDown) &&
    !is(from.snapshot, reporting) &&
    contextOf(snapshot).verdict === null &&
    told.name !== "done deploy up",
  "the run ends here and nothing says why",
);

/** Design 3, invariants 4 and 7: the exit code is the verdict's, red without one, and never green over residue. */
export const codesAreHonest: Invariant = ({ places }) =>
  [...places.values()].flatMap(({ at, snapshot, path }) => {
    if (snapshot.status !== "done") return [];
    const { verdict, cleanliness, exitCode } = snapshot.output as RunOutput;
    const last = path.map(({ name }) => name).join(", ");
    const wrong = (why: string): readonly string[] => [`${at} by ${last}: ${why}`];
    if (exitCode === 0 && (verdict.kind !== "passed" || cleanliness.kind !== "clean"))
      return wrong("green without both a pass and a clean host");
    if (verdict.kind === "passed" && exitCode !== 0 && exitCode !== 3) return wrong(`passed with ${exitCode}`);
    if (verdict.kind !== "passed" && (exitCode === 3 || exitCode < 1)) return wrong(`not passed with ${exitCode}`);
    return [];
  });

/** The teardown runs exactly once in each run that ever held the lock, unless the app went to somebody else. */
export const tearsDownOnce: Invariant = ({ places }) =>
  [...places.values()].flatMap(({ snapshot, path, startedOnPath }) => {
    if (snapshot.status !== "done") return [];
    const names = path.map(({ name }) => name);
    const count = startedOnPath.filter((id) => id === "teardowns").length;
    const isGivenUp =
      ["done reclaimLock taken", "error reclaimLock"].some((name) => names.includes(name)) ||
      names.some((name) => name.endsWith("run.holding.tearingDown.reclaiming"));
    const due = names.includes("lock.held") && !isGivenUp ? 1 : 0;
    return count === due ? [] : [`${names.join(", ")}: torn down ${count} times`];
  });

/** A look changes nothing: what was settled before it is what is told. */
const holdKeepsVerdict = violations(
  ({ from, snapshot }) =>
    is(from.snapshot, hold) &&
    contextOf(snapshot).verdict !== contextOf(from.snapshot).verdict &&
    contextOf(from.snapshot).verdict !== null,
  "the look changed the verdict",
);

export const holdsOnlyWhatFailed: Invariant = ({ places }) =>
  [...places.values()].flatMap(({ at, snapshot }) =>
    is(snapshot, hold) && contextOf(snapshot).verdict?.kind === "passed" ? [`${at}: a passed run is held`] : [],
  );

export const runInvariants = {
  leavesRunningByTeardown,
  leavesTeardownByReporting,
  leavesReportingByRelease,
  deafFromTeardownOn,
  notesTheIgnored,
  watchesTheLock,
  touchesOnlyUnderLock,
  uninterruptibleTags,
  firstVerdictStands,
  passesOnlyByTests,
  passesOnlyComplete,
  deathsFailTests,
  roundsBeginAnew,
  failuresAreNamed,
  codesAreHonest,
  tearsDownOnce,
  holdKeepsVerdict,
} as const satisfies Record<string, Invariant>;
