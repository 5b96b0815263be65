import type { AnyMachineSnapshot } from "xstate";
import type { DeployContext } from "../../../../src/machines/deploy/deploy.types.js";
import type { SettleContext } from "../../../../src/machines/settle/settle.types.js";
import type { DepsContext } from "../../../../src/machines/deps/deps.types.js";
import type { TeardownsOutput } from "../../../../src/machines/teardowns/teardowns.types.js";
import type { TierContext } from "../../../../src/machines/tier/tier.types.js";
import { lanes, type JanitorContext, type JanitorOutput } from "../../../../src/machines/janitor/janitor.types.js";
import type { LaneOutput } from "../../../../src/machines/lane/lane.types.js";
import type { TeardownContext, TeardownOutput } from "../../../../src/machines/teardown/teardown.types.js";
import { atOf, begin } from "../explore.js";
import { describe, isActive, type Invariant } from "./every-chart.js";

/** In this order of its actors, each only after those before it were at least tried. */
const inOrder =
  (order: readonly string[]): Invariant =>
  ({ places }) =>
    [...places.values()].flatMap(({ startedOnPath, at }) => {
      const firsts = order.filter((id) => startedOnPath.includes(id));
      const asTried = [...new Set(startedOnPath)].filter((id) => order.includes(id));
      const isGap = firsts.some((id, index) => order[index] !== id);
      return isGap || firsts.join() !== asTried.join() ? [`${at}: tried ${startedOnPath.join(", ")}`] : [];
    });

const teardownOrder = ["drain", "takeStock", "removeObjects", "cleanNodes", "listResidue"];

/** abra acts by the app's name: it is asked only where nothing foreign has it, and only once stock was taken. */
const abraIsAskedLast: Invariant = ({ steps }) =>
  steps
    .filter(({ started, told }) => started.includes("undeploy") && told.name !== "done takeStock deployed")
    .map((step) => `${describe(step)}: abra was asked without knowing whom it would hit`);

/** Clean is said of every node that the Swarm has. */
const cleanIsAsked: Invariant = ({ places }) =>
  [...places.values()].flatMap(({ at, snapshot }) => {
    const { nodes } = snapshot.context as TeardownContext;
    return at === "clean" && nodes.unasked.length + nodes.residue.length > 0 ? [`${at}: not of every node`] : [];
  });

const cleanIsSeen: Invariant = ({ steps }) =>
  steps
    .filter(
      ({ from, snapshot, told }) =>
        !isActive(from.snapshot, "teardown.clean") && isActive(snapshot, "teardown.clean") && told.name !== "done listResidue none",
    )
    .map((step) => `${describe(step)}: clean is only what was listed as empty`);

const dirtyIsNamed: Invariant = ({ places }) =>
  [...places.values()].flatMap(({ at, snapshot }) => {
    if (snapshot.status !== "done") return [];
    const { cleanliness } = snapshot.output as TeardownOutput;
    const isNamed =
      (cleanliness.kind === "dirty" && cleanliness.residue.length > 0) ||
      (cleanliness.kind === "unverified" && cleanliness.nodes.length > 0);
    const isRight = cleanliness.kind === at && (at === "clean" || isNamed);
    return isRight ? [] : [`${at}: the output says ${cleanliness.kind}`];
  });

/** What went wrong on the way is told. */
const troublesAreKept: Invariant = ({ steps }) =>
  steps.flatMap((step) => {
    const { from, snapshot, told, possible } = step;
    const isTrouble = told.name.startsWith("error ") || told.name.startsWith("after ");
    const count = (one: typeof snapshot): number => (one.context as { readonly troubles: readonly unknown[] }).troubles.length;
    return possible && isTrouble && count(snapshot) !== count(from.snapshot) + 1 ? [`${describe(step)}: a trouble is not kept`] : [];
  });

export const teardownInvariants = {
  order: inOrder(teardownOrder),
  abraIsAskedLast,
  cleanIsAsked,
  cleanIsSeen,
  dirtyIsNamed,
  troublesAreKept,
} as const satisfies Record<string, Invariant>;

const upIsAnswered: Invariant = ({ steps }) =>
  steps
    .filter(
      ({ from, snapshot, told }) =>
        !isActive(from.snapshot, "settle.up") && isActive(snapshot, "settle.up") && told.name !== "probe.answered",
    )
    .map((step) => `${describe(step)}: up only if the app answered`);

/** Whatever dies while the app is probed fails the settling: settled is what stays. */
const settledStays: Invariant = ({ steps }) =>
  steps
    .filter(
      ({ from, snapshot, told, possible }) =>
        possible &&
        isActive(from.snapshot, "settle.watching.probing") &&
        told.name === "stack.seen dead" &&
        !isActive(snapshot, "settle.explaining"),
    )
    .map((step) => `${describe(step)}: a task that had settled died, and nothing came of it`);

const notSettledSaysWhy: Invariant = ({ places }) =>
  [...places.values()].flatMap(({ at, snapshot }) => {
    const { failure, url } = snapshot.context as SettleContext;
    if (at === "failed" || at === "explaining") return failure === null || url !== null ? ["failed without saying why"] : [];
    return at === "up" && (url === null || failure !== null) ? ["up without an address, or with a failure"] : [];
  });

export const settleInvariants = {
  order: inOrder(["observe", "probe"]),
  upIsAnswered,
  settledStays,
  notSettledSaysWhy,
} as const satisfies Record<string, Invariant>;

const upHasSettled: Invariant = ({ steps }) =>
  steps
    .filter(
      ({ from, snapshot, told }) =>
        !isActive(from.snapshot, "deploy.up") && isActive(snapshot, "deploy.up") && told.name !== "done settle up",
    )
    .map((step) => `${describe(step)}: up only if the stack has settled and the app answered`);

const undeployedSaysWhy: Invariant = ({ places }) =>
  [...places.values()].flatMap(({ at, snapshot }) => {
    const { failure, up } = snapshot.context as DeployContext;
    if (at === "failed") return failure === null || up !== null ? ["failed without saying why"] : [];
    return at === "up" && (up === null || failure !== null) ? ["up without an address, or with a failure"] : [];
  });

export const deployInvariants = {
  order: inOrder(["create", "configure", "prepull", "submit", "settle"]),
  upHasSettled,
  undeployedSaysWhy,
} as const satisfies Record<string, Invariant>;

/** A dep is begun only once the one before it is up; up is said only of all of them, handed over. */
const upInOrder: Invariant = ({ steps, places }) => [
  ...steps
    .filter(
      ({ from, snapshot, told, started }) =>
        started.includes("deploy") && from.at === "deploying" && told.name !== "done deploy up" && isActive(snapshot, "deps.deploying"),
    )
    .map((step) => `${describe(step)}: the next one is begun without the one before`),
  ...[...places.values()]
    .filter(
      ({ at, path }) =>
        at === "up" && (path.at(-1)?.name !== "done handOver" || path.filter(({ name }) => name === "done deploy up").length !== 2),
    )
    .map(({ path }) => `${path.map(({ name }) => name).join(", ")}: up without all of them`),
  ...[...places.values()]
    .filter(({ at, snapshot }) => at === "failed" && (snapshot.context as DepsContext).failure === null)
    .map(() => "failed without saying why"),
];

export const depsInvariants = { upInOrder } as const satisfies Record<string, Invariant>;

/** Each app is torn down once, and what any of them left is what all of them left. */
const tearsDownEach: Invariant = ({ places }) =>
  [...places.values()].flatMap(({ snapshot, path, startedOnPath }) => {
    if (snapshot.status !== "done") return [];
    const names = path.map(({ name }) => name);
    const { cleanliness } = snapshot.output as TeardownsOutput;
    const isDirty = names.some((name) => name !== "done teardown clean" && name !== "done teardown unverified");
    const due = isDirty ? "dirty" : names.includes("done teardown unverified") ? "unverified" : "clean";
    const begun = startedOnPath.filter((id) => id === "teardown").length;
    return begun === 2 && cleanliness.kind === due ? [] : [`${names.join(", ")}: ${begun} torn down, ${cleanliness.kind}`];
  });

export const teardownsInvariants = { tearsDownEach } as const satisfies Record<string, Invariant>;

const outcomeIn = (snapshot: AnyMachineSnapshot): string | null => (snapshot.context as TierContext).outcome?.kind ?? null;

const passedHasTests: Invariant = ({ steps }) =>
  steps
    .filter(
      ({ from, snapshot, told }) =>
        outcomeIn(from.snapshot) !== "pass" && outcomeIn(snapshot) === "pass" && told.name !== "done runTier passed",
    )
    .map((step) => `${describe(step)}: passed only by tests that all passed`);

/** No end without an outcome, and none that passed but by the hook after the tests. */
const endsWithOutcome: Invariant = ({ steps }) =>
  steps
    .filter(
      ({ snapshot, told }) =>
        isActive(snapshot, "tier.ended") &&
        (outcomeIn(snapshot) === null || (outcomeIn(snapshot) === "pass" && told.name !== "done postHook")),
    )
    .map((step) => `${describe(step)}: ended as ${String(outcomeIn(step.snapshot))}`);

/** Whatever dies while a tier only looks fails it. */
const deathsFail: Invariant = ({ steps }) =>
  steps
    .filter(({ snapshot, told, possible }) => possible && told.name === "stack.seen dead" && outcomeIn(snapshot) !== "fail")
    .map((step) => `${describe(step)}: a task that had settled died, and the tier goes on`);

const operatesOnce: Invariant = ({ places }) =>
  [...places.values()]
    .filter(({ startedOnPath }) => startedOnPath.filter((id) => id === "operate").length > 1)
    .map(({ at }) => `${at}: operated twice`);

/** Nothing of a tier is begun before it is known that time remains for it, or that nobody says so. */
const beginsInTime: Invariant = ({ steps }) =>
  steps
    .filter(
      ({ from, told, started }) =>
        from.at === "beginning" &&
        started.includes("preHook") &&
        !["time.left plenty", "time.left little"].includes(told.name) &&
        !told.name.startsWith("after lookBudget"),
    )
    .map((step) => `${describe(step)}: begun without time`);

/** What the run's deadline ended has shown nothing, and nothing else has shown nothing for that reason. */
const cutIsUnverified: Invariant = ({ places }) =>
  [...places.values()].flatMap(({ at, snapshot }) => {
    const { outcome } = snapshot.context as TierContext;
    return outcome !== null && "failure" in outcome && outcome.failure.code === "out-of-time" && outcome.kind !== "unverified"
      ? [`${at}: the deadline failed the tier`]
      : [];
  });

/** While an operation replaces tasks, nobody takes that for a death. */
const blindWhileOperating: Invariant = ({ places }) =>
  [...places.values()]
    .filter(({ snapshot }) => isActive(snapshot, "tier.operating") && ("watch" in snapshot.children || "watchBefore" in snapshot.children))
    .map(({ at }) => `${at}: the stack is watched while it is changed`);

export const tierInvariants = (settles: boolean) =>
  ({
    order: inOrder(["preHook", "operate", ...(settles ? ["settle"] : []), "runTier", "postHook"]),
    passedHasTests,
    endsWithOutcome,
    deathsFail,
    operatesOnce,
    beginsInTime,
    cutIsUnverified,
    blindWhileOperating,
  }) as const satisfies Record<string, Invariant>;

const cleansOnlyOrphans =
  (mayClean: boolean): Invariant =>
  ({ steps }) =>
    steps
      .filter(({ started, told }) => started.includes("teardown") && (!mayClean || told.name !== "done probe orphan"))
      .map((step) => `${describe(step)}: torn down without its lock, or in a dry run`);

/** Whoever may hold the lock gives it back, and the reaper's way of giving back comes only after the teardown. */
const givesLockBack: Invariant = ({ places }) =>
  [...places.values()].flatMap(({ snapshot, path, startedOnPath }) => {
    const names = path.map(({ name }) => name);
    const mayHold =
      names[0] === "done probe orphan" ||
      names[0] === "done probe unclaimed" ||
      names[0] === "error probe" ||
      (names[0] ?? "").startsWith("after ");
    const gave = startedOnPath.includes("release") || startedOnPath.includes("letGo");
    const isEarly = startedOnPath.includes("release") && !startedOnPath.includes("teardown");
    const isWrong = isEarly || (snapshot.status === "done" && mayHold !== gave);
    return isWrong ? [`${names.join(", ")}: started ${startedOnPath.join(", ")}`] : [];
  });

export const reapInvariants = (mayClean: boolean) =>
  ({ cleansOnlyOrphans: cleansOnlyOrphans(mayClean), givesLockBack }) as const satisfies Record<string, Invariant>;

/** What each lane came to is in the output, and so is what needed no lane. */
const losesNobody: Invariant = ({ places }) =>
  [...places.values()].flatMap(({ snapshot, path, startedOnPath }) => {
    if (snapshot.status !== "done") return [];
    const { reaps, troubles } = snapshot.output as JanitorOutput;
    const names = path.map(({ name }) => name);
    const due = names.includes("done discover some") ? lanes.length : 0;
    const settled = names.includes("done discover held") || names.includes("done discover some") ? 1 : 0;
    const elsewhere = names.filter((name) => /^(error|after) .*(discover|sweep)/i.test(name)).length;
    const begun = startedOnPath.filter((id) => id.startsWith("lane")).length;
    return begun === due && reaps.length + troubles.length - elsewhere === due + settled
      ? []
      : [`${names.join(", ")}: ${begun} lanes begun, ${reaps.length} apps told`];
  });

const sweepsLast: Invariant = ({ steps }) =>
  steps
    .filter(
      ({ from, started }) =>
        started.includes("sweep") && isActive(from.snapshot, "janitor.reaping") && (from.snapshot.context as JanitorContext).busyLanes > 1,
    )
    .map((step) => `${describe(step)}: sweeps while apps are being reaped`);

/** Each app of a lane's share is begun once, and is in its output or a trouble is. */
const sharesEverybody: Invariant = ({ places }) =>
  [...places.values()].flatMap(({ snapshot, startedOnPath }) => {
    if (snapshot.status !== "done") return [];
    const { reaps, troubles } = snapshot.output as LaneOutput;
    const begun = startedOnPath.filter((id) => id === "reap").length;
    return begun === 2 && reaps.length + troubles.length === 2 ? [] : [`${begun} begun, ${reaps.length} reaped`];
  });

/** A lane without a share is there only to be counted. */
const endsWithoutShare: Invariant = ({ chart }) => {
  const at = atOf(begin({ ...chart, input: { ...(chart.input as object), candidates: [] } }).snapshot);
  return at === "finished" ? [] : [`without a share it is in ${at}`];
};

export const laneInvariants = {
  sharesEverybody,
  endsWithoutShare,
  troublesAreKept: (walk) => troublesAreKept(walk).filter((line) => !line.includes(": done")),
} as const satisfies Record<string, Invariant>;

export const janitorInvariants = {
  losesNobody,
  sweepsLast,
  troublesAreKept: (walk) => troublesAreKept(walk).filter((line) => !line.includes(": done")),
} as const satisfies Record<string, Invariant>;
