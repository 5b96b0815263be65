import type { AnyStateMachine } from "xstate";

/** A chart as it was written, before xstate made anything of it: what is wrong there is often not wrong to xstate. */
export interface RawTransition {
  readonly target?: unknown;
  readonly guard?: unknown;
  readonly actions?: unknown;
  readonly description?: unknown;
}

export interface RawInvoke {
  readonly id?: unknown;
  readonly src?: unknown;
  readonly onDone?: unknown;
  readonly onError?: unknown;
  readonly onSnapshot?: unknown;
}

export interface RawState {
  readonly [key: string]: unknown;
  readonly type?: unknown;
  readonly initial?: unknown;
  readonly description?: unknown;
  readonly tags?: unknown;
  readonly on?: Readonly<Record<string, unknown>>;
  readonly after?: Readonly<Record<string, unknown>>;
  readonly always?: unknown;
  readonly onDone?: unknown;
  readonly invoke?: unknown;
  readonly entry?: unknown;
  readonly exit?: unknown;
  readonly states?: Readonly<Record<string, RawState>>;
}

/** One state of a chart, where it is, and what is around it. */
export interface Visit {
  /** Keys from the root down, joined by dots; the root is the chart's id. */
  readonly path: string;
  readonly raw: RawState;
  /** Outermost first; empty for the root. */
  readonly ancestors: readonly RawState[];
}

/** Where a transition stands in its state, and every candidate of it. */
export interface Slot {
  readonly slot: string;
  readonly kind: "on" | "after" | "always" | "done" | "error" | "snapshot";
  readonly written: unknown;
  readonly candidates: readonly RawTransition[];
}

export const listOf = (value: unknown): readonly unknown[] => (value === undefined ? [] : Array.isArray(value) ? value : [value]);

export const invokesOf = (raw: RawState): readonly RawInvoke[] => listOf(raw.invoke) as readonly RawInvoke[];

const candidatesOf = (written: unknown): readonly RawTransition[] =>
  listOf(written).map((one) => (typeof one === "string" ? { target: one } : ((one ?? {}) as RawTransition)));

const slot = (name: string, kind: Slot["kind"], written: unknown): readonly Slot[] =>
  written === undefined ? [] : [{ slot: name, kind, written, candidates: candidatesOf(written) }];

/** Every transition that a state writes down, its invokes' included. */
export const slotsOf = (raw: RawState): readonly Slot[] => [
  ...Object.entries(raw.on ?? {}).flatMap(([event, written]) => slot(`on ${event}`, "on", written)),
  ...Object.entries(raw.after ?? {}).flatMap(([delay, written]) => slot(`after ${delay}`, "after", written)),
  ...slot("always", "always", raw.always),
  ...slot("onDone", "done", raw.onDone),
  ...invokesOf(raw).flatMap((invoke) => [
    ...slot(`${String(invoke.id)} onDone`, "done", invoke.onDone),
    ...slot(`${String(invoke.id)} onError`, "error", invoke.onError),
    ...slot(`${String(invoke.id)} onSnapshot`, "snapshot", invoke.onSnapshot),
  ]),
];

const visitsFrom = (raw: RawState, path: string, ancestors: readonly RawState[]): readonly Visit[] => [
  { path, raw, ancestors },
  ...Object.entries(raw.states ?? {}).flatMap(([key, child]) => visitsFrom(child, `${path}.${key}`, [...ancestors, raw])),
];

/** Every state of a chart as written, outermost first. */
export const visitsOf = (machine: AnyStateMachine): readonly Visit[] => visitsFrom(machine.config as unknown as RawState, machine.id, []);

export const isFinal = (raw: RawState): boolean => raw.type === "final";

export const hasTag = (raw: RawState, tag: string): boolean => listOf(raw.tags).includes(tag);
