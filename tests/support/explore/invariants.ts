import { lanes } from "../../../src/machines/janitor/janitor.types.js";
import type { ChartName } from "./charts.js";
import {
  actorsMatchStates,
  answersEverything,
  canEnd,
  deafToTheImpossible,
  endsInSilence,
  keepsTime,
  type Invariant,
} from "./invariants/every-chart.js";
import {
  deployInvariants,
  depsInvariants,
  janitorInvariants,
  laneInvariants,
  reapInvariants,
  settleInvariants,
  teardownInvariants,
  teardownsInvariants,
  tierInvariants,
} from "./invariants/others.js";
import { holdsOnlyWhatFailed, runInvariants } from "./invariants/run.js";

interface Particulars {
  /** Child machines, which end by themselves: their own walks say so. */
  readonly childMachines: readonly string[];
  /** Names of what may come and be without consequence, for the reason given where it is declared. */
  readonly harmless: readonly string[];
  readonly own: Readonly<Record<string, Invariant>>;
}

const childLanes = lanes.map((lane) => `lane${lane}`);

const noTime = ["done time", "error time"];

const particulars: Readonly<Record<ChartName, Particulars>> = {
  // The run goes on without its ears or the watch on its lock: deadline and lockTimeout remain.
  run: { childMachines: [], harmless: ["error stops", "done stops", "error holdLock"], own: runInvariants },
  runHeld: { childMachines: [], harmless: ["error stops", "done stops", "error holdLock"], own: { ...runInvariants, holdsOnlyWhatFailed } },
  // Without a watch on its time, work has its own budgets, and the run its deadline.
  deploy: { childMachines: ["settle"], harmless: noTime, own: deployInvariants },
  // A stream that ends says nothing about the stack: deployTimeout remains; one that ends without an answer is none, and probeTimeout
  // remains.
  settle: { childMachines: [], harmless: ["done observe", "done probe", ...noTime], own: settleInvariants },
  // A watch on the stack that ends leaves the run's last look.
  tier: { childMachines: ["settle"], harmless: ["done watch", "error watch", ...noTime], own: tierInvariants(false) },
  tierUpgrade: { childMachines: ["settle"], harmless: ["done watch", "error watch", ...noTime], own: tierInvariants(true) },
  deps: { childMachines: ["deploy"], harmless: [], own: depsInvariants },
  teardowns: { childMachines: [], harmless: [], own: teardownsInvariants },
  teardown: { childMachines: [], harmless: [], own: teardownInvariants },
  reap: { childMachines: ["teardown"], harmless: [], own: reapInvariants(true) },
  reapDryRun: { childMachines: ["teardown"], harmless: [], own: reapInvariants(false) },
  janitor: { childMachines: childLanes, harmless: [], own: janitorInvariants },
  lane: { childMachines: ["reap"], harmless: [], own: laneInvariants },
};

/** Every invariant of a chart by its name. */
export const invariantsOf = (name: ChartName): Readonly<Record<string, Invariant>> => {
  const { childMachines, harmless, own } = particulars[name];
  return {
    canEnd,
    endsInSilence: endsInSilence(childMachines),
    answersEverything: answersEverything(harmless),
    deafToTheImpossible,
    actorsMatchStates,
    keepsTime,
    ...own,
  };
};
