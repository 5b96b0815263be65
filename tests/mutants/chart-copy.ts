import { createMachine, type AnyStateMachine } from "xstate";
import type { RawState } from "../support/chart-lint/raw.js";

/** A chart as written that may be changed: functions are shared, everything else is copied. */
export type Draft = { -readonly [Key in keyof RawState]: RawState[Key] } & { [key: string]: unknown };

const copyOf = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(copyOf);
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, copyOf(inner)]));
};

export const draftOf = (machine: AnyStateMachine): Draft => copyOf(machine.config) as Draft;

/** The same implementations behind a changed chart. Throws where xstate refuses it. */
export const rebuilt = (machine: AnyStateMachine, draft: Draft): AnyStateMachine =>
  createMachine(draft as never, machine.implementations as never);

/** The state of a draft at a path of keys; the root's own path is empty. */
export const stateAt = (draft: Draft, keys: readonly string[]): Draft => {
  let state = draft;
  for (const key of keys) {
    const child = state.states?.[key];
    if (child === undefined) throw new Error(`no state ${keys.join(".")}`);
    state = child;
  }
  return state;
};

interface Site {
  readonly keys: readonly string[];
  readonly raw: RawState;
}

/** Every state of a chart with its path of keys. */
export const sitesOf = (raw: RawState, keys: readonly string[] = []): readonly Site[] => [
  { keys, raw },
  ...Object.entries(raw.states ?? {}).flatMap(([key, child]) => sitesOf(child, [...keys, key])),
];
