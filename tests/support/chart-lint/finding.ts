import type { AnyStateMachine } from "xstate";
import type { Visit } from "./raw.js";

export interface Finding {
  readonly rule: string;
  readonly where: string;
  readonly what: string;
}

/** A chart and what the rules need to know of it beside its own text. */
export interface Subject {
  readonly machine: AnyStateMachine;
  readonly visits: readonly Visit[];
  /** Events from outside that an uninterruptible state must say something about. */
  readonly external: readonly string[];
  /** A context from which the delays can be computed. */
  readonly sample: unknown;
}

export type Rule = (subject: Subject) => readonly Finding[];

export const finding = (rule: string, where: string, what: string): Finding => ({ rule, where, what });

/** The named things behind the chart: actors, actions, guards, delays. */
export const implementationsOf = (
  machine: AnyStateMachine,
  kind: "actors" | "actions" | "guards" | "delays",
): Readonly<Record<string, unknown>> =>
  (machine.implementations as Readonly<Record<typeof kind, Readonly<Record<string, unknown>> | undefined>>)[kind] ?? {};
