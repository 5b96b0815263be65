import type { AnyStateMachine } from "xstate";
import { sampleContext } from "../../src/cli/chart/machines.js";
import { lintChart } from "../support/chart-lint.js";
import type { RawState } from "../support/chart-lint/raw.js";
import { charts, type ChartName } from "../support/explore/charts.js";
import { explore } from "../support/explore/explore.js";
import { externalEvents } from "../support/explore/external-events.js";
import { invariantsOf } from "../support/explore/invariants.js";
import { stories } from "../support/explore/stories.js";
import { fault } from "../support/explore/story.js";
import { draftOf, rebuilt } from "./chart-copy.js";
import { operators, type Mutation } from "./operators.js";

export interface Fate {
  readonly chart: string;
  readonly operator: string;
  readonly where: string;
  /** What killed it: the rule, the invariant or the course; null for a survivor. */
  readonly killedBy: string | null;
}

const linted = (name: ChartName, build: () => AnyStateMachine): string | null => {
  const [first] = lintChart(build, { external: externalEvents[name], sample: sampleContext });
  return first === undefined ? null : `lint ${first.rule}`;
};

const caught = (check: () => string | null): string | null => {
  try {
    return check();
  } catch (error) {
    return `throws: ${error instanceof Error ? error.message : String(error)}`;
  }
};

const told = (name: ChartName, machine: AnyStateMachine): string | null => {
  const chart = { ...charts[name], machine };
  for (const story of stories[name]) if (fault(chart, story) !== null) return `course "${story.title}"`;
  return null;
};

const walked = (name: ChartName, machine: AnyStateMachine): string | null => {
  const walk = explore({ ...charts[name], machine });
  for (const [invariant, holds] of Object.entries(invariantsOf(name))) if (holds(walk).length > 0) return `invariant ${invariant}`;
  return null;
};

/** The walks that a chart is checked by: the reap chart has two. */
const walksOf = (machine: AnyStateMachine): readonly ChartName[] =>
  (Object.keys(charts) as ChartName[]).filter((name) => charts[name].machine === machine);

const isSame = (one: unknown, other: unknown): boolean => {
  const text = (value: unknown): string =>
    JSON.stringify(value, (_key, inner: unknown) => (typeof inner === "function" ? String(inner) : inner));
  return text(one) === text(other);
};

/** What notices a seeded fault, null when nothing does, undefined when it changes nothing at all in the chart. */
const judge = (machine: AnyStateMachine, mutation: Mutation): string | null | undefined => {
  const draft = draftOf(machine);
  mutation.apply(draft);
  if (isSame(draft, machine.config)) return undefined;
  const build = (): AnyStateMachine => rebuilt(machine, draft);
  const names = walksOf(machine);
  const [first] = names;
  if (first === undefined) throw new Error(`${machine.id} has no walk`);
  const lint = linted(first, build);
  if (lint !== null) return lint;
  const mutant = build();
  for (const check of [told, walked]) {
    for (const name of names) {
      const killer = caught(() => check(name, mutant));
      if (killer !== null) return killer;
    }
  }
  return null;
};

/** Seeds every fault that the operators find a place for, one at a time, and says what noticed. */
export function* fatesOf(machines: Readonly<Record<string, AnyStateMachine>>): Generator<Fate> {
  for (const [chart, machine] of Object.entries(machines)) {
    for (const operator of operators) {
      for (const mutation of operator(machine.config as unknown as RawState)) {
        const killedBy = judge(machine, mutation);
        if (killedBy !== undefined) yield { chart, operator: mutation.operator, where: mutation.where, killedBy };
      }
    }
  }
}
