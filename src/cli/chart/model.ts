import { and, not, or, type AnyStateMachine, type AnyStateNode } from "xstate";

export type TransitionKind = "event" | "done" | "error" | "after" | "always";

export interface TransitionModel {
  readonly kind: TransitionKind;
  /** In readable form: the event's name, the id of the actor that ended, or the name of the delay. */
  readonly event: string;
  /** A delay's length in ms, if the chart alone determines it. */
  readonly delayMs: number | null;
  readonly guard: string | null;
  readonly actions: readonly string[];
  /** The id of the target; null for one that leaves the state as it is. */
  readonly target: string | null;
  readonly description: string | null;
  /** Set if the event is a phrase that stands for several transitions; it is drawn as it is. */
  readonly phrase?: true;
}

interface InvokeModel {
  readonly id: string;
  readonly src: string;
}

export interface StateModel {
  readonly id: string;
  readonly key: string;
  readonly type: "atomic" | "compound" | "parallel" | "final";
  readonly description: string | null;
  readonly tags: readonly string[];
  readonly entry: readonly string[];
  readonly exit: readonly string[];
  readonly invokes: readonly InvokeModel[];
  readonly initial: string | null;
  readonly transitions: readonly TransitionModel[];
  readonly states: readonly StateModel[];
  /** Names of the states inside it that this picture leaves out; another picture has them. */
  readonly folded?: readonly string[];
  /** On a picture's outermost state: whether many states on one level are drawn below each other and not side by side. */
  readonly sideways?: boolean;
}

interface Named {
  readonly type?: unknown;
  readonly params?: unknown;
}

const params = (value: unknown): string => {
  if (typeof value !== "object" || value === null) return "";
  const entries = Object.entries(value).filter(([, inner]) => typeof inner === "string" || typeof inner === "number");
  return entries.length === 0 ? "" : `(${entries.map(([, inner]) => String(inner)).join(", ")})`;
};

/** The chart's name for an action or a guard. An unnamed one is drawn as a gap. */
const nameOf = (reference: unknown): string => {
  if (typeof reference === "string") return reference;
  if (typeof reference === "function") return "inline";
  const { type, params: given } = reference as Named;
  return typeof type === "string" ? `${type}${params(given)}` : "inline";
};

interface Combined {
  readonly check?: unknown;
  readonly guards?: readonly unknown[];
  readonly stateValue?: unknown;
}

const checkOf = (guard: unknown): unknown => (guard as Combined).check;

/** A combination of guards, in words. xstate turns it into a function that carries the guards it combines. */
const guardName = (guard: unknown): string => {
  if (typeof guard !== "function") return nameOf(guard);
  const { check, guards, stateValue } = guard as unknown as Combined;
  const inner = (guards ?? []).map(guardName);
  if (check === checkOf(not("any"))) return `not ${inner.join("")}`;
  if (check === checkOf(and([]))) return inner.join(" and ");
  if (check === checkOf(or([]))) return inner.join(" or ");
  return typeof stateValue === "string" ? `in ${stateValue}` : "inline";
};

/** Whether xstate itself put this action on a state, to start or stop a delay. Delays are drawn as transitions. */
const isMachinery = (reference: unknown): boolean => {
  const type = typeof reference === "function" || typeof reference === "object" ? (reference as Named)?.type : undefined;
  return type === "xstate.raise" || type === "xstate.cancel";
};

const names = (references: readonly unknown[]): readonly string[] => references.filter((one) => !isMachinery(one)).map(nameOf);

interface RawTransition {
  readonly eventType: string;
  readonly target?: readonly AnyStateNode[] | undefined;
  readonly guard?: unknown;
  readonly actions: readonly unknown[];
  readonly description?: string | undefined;
}

const prefixes: readonly (readonly [string, TransitionKind])[] = [
  ["xstate.done.actor.", "done"],
  ["xstate.done.state.", "done"],
  ["xstate.error.actor.", "error"],
  ["xstate.after.", "after"],
];

const readable = (eventType: string, node: AnyStateNode): { kind: TransitionKind; event: string } => {
  if (eventType === "") return { kind: "always", event: "always" };
  for (const [prefix, kind] of prefixes) {
    if (!eventType.startsWith(prefix)) continue;
    const rest = eventType.slice(prefix.length);
    if (prefix === "xstate.done.state.") return { kind, event: "all done" };
    return { kind, event: kind === "after" && rest.endsWith(`.${node.id}`) ? rest.slice(0, -node.id.length - 1) : rest };
  }
  return { kind: "event", event: eventType };
};

const delayOf = (machine: AnyStateMachine, name: string, sample: unknown): number | null => {
  const delay: unknown = (machine.implementations.delays as Record<string, unknown>)[name];
  const value: unknown = typeof delay === "function" ? (delay as (given: unknown) => unknown)({ context: sample, event: {} }) : delay;
  return typeof value === "number" && Number.isFinite(value) ? value : null;
};

const transitionsOf = (node: AnyStateNode, sample: unknown): readonly TransitionModel[] => {
  const all = [...node.transitions.values()].flat() as readonly RawTransition[];
  const always = ((node.always ?? []) as readonly RawTransition[]).map((one) => ({ ...one, eventType: "" }));
  return [...all, ...always].map((raw) => {
    const { kind, event } = readable(raw.eventType, node);
    return {
      kind,
      event,
      delayMs: kind === "after" ? delayOf(node.machine as AnyStateMachine, event, sample) : null,
      guard: raw.guard === undefined ? null : guardName(raw.guard),
      actions: names(raw.actions),
      target: raw.target?.[0]?.id ?? null,
      description: raw.description ?? null,
    };
  });
};

/**
 * A state and everything in it as plain data, in the chart's order.
 *
 * `sample`: a context from which to compute delays, so that the picture shows their length.
 */
const stateModel = (node: AnyStateNode, sample: unknown): StateModel => ({
  id: node.id,
  key: node.key,
  type: node.type === "history" ? "atomic" : node.type,
  description: node.description ?? null,
  tags: [...node.tags].map(String).sort(),
  entry: names(node.entry),
  exit: names(node.exit),
  invokes: node.invoke.map(({ id, src }) => ({ id, src: typeof src === "string" ? src : "inline" })),
  initial: node.type === "compound" ? (node.initial.target[0]?.id ?? null) : null,
  transitions: transitionsOf(node, sample),
  states: Object.values(node.states).map((child) => stateModel(child as AnyStateNode, sample)),
});

/** The whole chart of a machine. */
export const chartModel = (machine: AnyStateMachine, sample: unknown): StateModel => stateModel(machine.root, sample);
