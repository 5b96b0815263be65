import { StateMachine } from "xstate";
import type { PortKind } from "../../../src/machines/ports.js";
import { portKind } from "../port-kind.js";
import { finding, implementationsOf, type Rule, type Subject } from "./finding.js";
import { invokesOf, isFinal, type RawInvoke } from "./raw.js";

const kindOf = ({ machine }: Subject, { src }: RawInvoke): PortKind | undefined => {
  const logic = typeof src === "string" ? implementationsOf(machine, "actors")[src] : src;
  if (logic instanceof StateMachine) return "machine";
  return typeof logic === "object" && logic !== null ? portKind(logic) : undefined;
};

/** An error that nobody takes ends the whole chart, or stops the siblings of the one that failed. */
export const unhandledError: Rule = ({ visits }) =>
  visits.flatMap(({ path, raw }) =>
    invokesOf(raw).flatMap(({ id, onError }) =>
      onError === undefined || (Array.isArray(onError) && onError.length === 0)
        ? [finding("no-on-error", path, `${String(id)} has no onError`)]
        : [],
    ),
  );

/** What ends with a result must be heard when it does. */
export const unheardEnd: Rule = (subject) =>
  subject.visits.flatMap(({ path, raw }) =>
    invokesOf(raw).flatMap((invoke) => {
      const kind = kindOf(subject, invoke);
      return (kind === "promise" || kind === "machine") && invoke.onDone === undefined
        ? [finding("no-on-done", path, `nobody waits for the end of ${String(invoke.id)}`)]
        : [];
    }),
  );

/** Both onDone of two actors with one id fire when either ends. */
export const duplicateId: Rule = ({ visits }) => {
  const seen = new Set<string>();
  return visits.flatMap(({ path, raw }) =>
    invokesOf(raw).flatMap(({ id }) => {
      if (typeof id !== "string") return [finding("no-invoke-id", path, "an invoke has no id of its own")];
      if (seen.has(id)) return [finding("duplicate-invoke-id", path, `${id} is used twice`)];
      seen.add(id);
      return [];
    }),
  );
};

/** Logic that is not a port of ours cannot be told apart, swapped for a stand-in or drawn with its name. */
export const unknownPort: Rule = (subject) =>
  subject.visits.flatMap(({ path, raw }) =>
    invokesOf(raw).flatMap((invoke) => {
      if (typeof invoke.src !== "string") return [finding("inline-actor", path, `${String(invoke.id)} is written into the chart`)];
      if (!(invoke.src in implementationsOf(subject.machine, "actors")))
        return [finding("unknown-actor", path, `no actor is called ${invoke.src}`)];
      return kindOf(subject, invoke) === undefined ? [finding("unmarked-port", path, `${invoke.src} does not come from ports.ts`)] : [];
    }),
  );

/** A promise may hang. The budget may be an ancestor's, never the root's. */
export const endlessWait: Rule = (subject) =>
  subject.visits.flatMap(({ path, raw, ancestors }) =>
    invokesOf(raw).some((invoke) => kindOf(subject, invoke) === "promise") &&
    [raw, ...ancestors.slice(1)].every(({ after }) => after === undefined)
      ? [finding("no-budget", path, "waits for a promise without a limit")]
      : [],
  );

/** xstate stops what a final state invokes before it has begun. */
export const invokeInFinal: Rule = ({ visits }) =>
  visits.flatMap(({ path, raw }) =>
    isFinal(raw) && invokesOf(raw).length > 0 ? [finding("invoke-in-final", path, "a final state starts an actor")] : [],
  );
