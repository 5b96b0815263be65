import type { AnyMachineSnapshot } from "xstate";
import { alphabetOf, canCome } from "./alphabet.js";
import type { ChartUnderTest, Told } from "./chart.js";
import { atOf, begin, tell } from "./explore.js";

/** A course of events and where it must lead. */
export interface Story {
  readonly title: string;
  /** Names of the alphabet; a delay needs no state: `after deadline`. */
  readonly told: readonly string[];
  /** The leaves at the end. */
  readonly at: string;
  /** Every actor started, in order. */
  readonly started?: readonly string[];
  /** Fields of what actors were given, by the actor's id; the last start counts. */
  readonly inputs?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Fields of the context at the end. */
  readonly context?: Readonly<Record<string, unknown>>;
  /** Words that the output must have in it. */
  readonly said?: string;
  /** Fields of the output. */
  readonly output?: Readonly<Record<string, unknown>>;
}

const same = (found: unknown, wanted: unknown): boolean => JSON.stringify(found) === JSON.stringify(wanted);

/** All that is wanted is there; an object may have more fields. */
const has = (found: unknown, wanted: unknown): boolean => {
  if (typeof wanted !== "object" || wanted === null || Array.isArray(wanted)) return same(found, wanted);
  const fields = (found ?? {}) as Readonly<Record<string, unknown>>;
  return typeof found === "object" && Object.entries(wanted).every(([key, value]) => has(fields[key], value));
};

const mismatch = (found: unknown, wanted: Readonly<Record<string, unknown>> | undefined): string | null => {
  const fields = (found ?? {}) as Readonly<Record<string, unknown>>;
  for (const [key, value] of Object.entries(wanted ?? {}))
    if (!has(fields[key], value)) return `${key} is ${JSON.stringify(fields[key])}, not ${JSON.stringify(value)}`;
  return null;
};

const find = (chart: ChartUnderTest, alphabet: readonly Told[], snapshot: AnyMachineSnapshot, name: string): Told | undefined =>
  alphabet.find((told) => (told.name === name || told.name.startsWith(`${name} ${chart.machine.id}`)) && canCome(chart, snapshot, told));

/** What a story comes to that it should not, or null. */
export const fault = (chart: ChartUnderTest, story: Story): string | null => {
  const alphabet = alphabetOf(chart);
  let { snapshot, started, inputs } = begin(chart);
  for (const name of story.told) {
    const told = find(chart, alphabet, snapshot, name);
    if (told === undefined) return `${name} cannot come in ${atOf(snapshot)}`;
    const taken = tell(chart, snapshot, told);
    snapshot = taken.snapshot;
    started = [...started, ...taken.started];
    inputs = { ...inputs, ...taken.inputs };
  }
  if (atOf(snapshot) !== story.at) return `is in ${atOf(snapshot)}, not in ${story.at}`;
  if (story.started !== undefined && !same(started, story.started)) return `started ${started.join(", ")}, not ${story.started.join(", ")}`;
  if (story.said !== undefined && !JSON.stringify(snapshot.output).includes(story.said)) return `the output does not say "${story.said}"`;
  for (const [id, wanted] of Object.entries(story.inputs ?? {})) {
    const wrong = mismatch(inputs[id], wanted);
    if (wrong !== null) return `${id} was given: ${wrong}`;
  }
  return mismatch(snapshot.context, story.context) ?? mismatch(snapshot.output, story.output);
};
