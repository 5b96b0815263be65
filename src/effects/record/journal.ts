import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import type { AnyActorRef, AnyMachineSnapshot, InspectionEvent, StateValue } from "xstate";
import { failureFrom } from "../../machines/errors.js";
import { leavesOf, type TraceLine } from "../../machines/trace-line.js";
import { redact } from "../redact.js";
import { isSecretName } from "../secrets/secret-names.js";
import { appendWhole } from "./append-whole.js";
import { bestEffort } from "./best-effort.js";
import { spelledOut } from "./spelled-out.js";

export interface Journal {
  /** For createActor's `inspect`. Never throws: an observer that does would abort the transition. */
  readonly inspect: (event: InspectionEvent) => void;
  /** Why the last line is not on disk; null when it is. */
  readonly trouble: () => unknown;
  readonly close: () => void;
}

interface JournalListener {
  /** Called when a line of the run's own chart is on disk, before the effects of that transition begin. */
  readonly onRunState: (state: readonly string[]) => void;
  /** The same for a chart that the run invoked, with the id it was invoked under. Not called if the actor was stopped. */
  readonly onStep?: (actor: string, state: readonly string[]) => void;
  readonly onTrouble: (error: unknown) => void;
}

/** One macrostep of one chart: the event and what it led to. */
interface Macrostep {
  readonly actor: AnyActorRef;
  readonly event: { readonly type: string };
  readonly snapshot: AnyMachineSnapshot;
  /** The chart, with an actor's first step. */
  readonly machine?: string;
}

/** Keys whose values are our own and are needed unchanged to replay the run. */
const plainKeys: ReadonlySet<string> = new Set(["at", "actor", "machine", "type", "status", "domain", "stack", "commit"]);

/** A payload as it may be kept: errors as data, no value under a key that sounds like a secret, no known secret anywhere. */
const masked = (key: string, value: unknown): unknown => {
  if (value instanceof Error) return { ...failureFrom(value), name: value.name };
  if (typeof value !== "string" || plainKeys.has(key)) return value;
  return isSecretName(key) ? "***" : redact(value);
};

const chartOf = (actor: AnyActorRef): string => String((actor as { logic?: { id?: string } }).logic?.id ?? actor.id);

/** xstate numbers an unnamed root actor; its chart's name says more. */
const pathOf = (actor: AnyActorRef): string => {
  const parent = (actor as { _parent?: AnyActorRef })._parent;
  return parent === undefined ? chartOf(actor) : `${pathOf(parent)}/${actor.id}`;
};

const isMachineSnapshot = (snapshot: unknown): snapshot is AnyMachineSnapshot =>
  typeof snapshot === "object" && snapshot !== null && "value" in snapshot && "machine" in snapshot;

const traceLine = (seq: number, { actor, event, snapshot, machine }: Macrostep): TraceLine => ({
  at: new Date().toISOString(),
  seq,
  actor: pathOf(actor),
  ...(machine === undefined ? {} : { machine }),
  event,
  state: leavesOf(snapshot.value as StateValue),
  ...(snapshot.status === "done" || snapshot.status === "error" ? { status: snapshot.status } : {}),
});

/** The file of a run's lines. Appends without secrets; a line that the disk does not take is lost, and `trouble` says why. */
const openTrace = (runDir: string, onTrouble: (error: unknown) => void) => {
  let trouble: unknown = null;
  const keepTrouble = (error: unknown): void => {
    trouble = error;
    onTrouble(error);
  };
  const fd = bestEffort(() => openSync(join(runDir, "events.jsonl"), "a", 0o600), keepTrouble);
  return {
    append: (line: TraceLine): void => {
      if (fd === null) return;
      const text = `${spelledOut(JSON.stringify(line, masked))}\n`;
      trouble = null;
      bestEffort(() => appendWhole(fd, text), keepTrouble);
    },
    trouble: () => trouble,
    close: (): void => {
      if (fd !== null) bestEffort(() => closeSync(fd));
    },
  };
};

/**
 * Joins the microsteps that xstate reports to macrosteps.
 *
 * xstate reports each microstep when it is taken, starts the invoked actors after the last one, and reports the new
 * snapshot only then. So a macrostep is over when anything else is reported after a microstep, such as the start of a child.
 */
const createJoiner = (onStep: (step: Macrostep) => void) => {
  const pending = new Map<AnyActorRef, Macrostep>();
  const flush = (): void => {
    for (const [actor, step] of pending) {
      pending.delete(actor);
      onStep(step);
    }
  };
  const begin = (actor: AnyActorRef, event: Macrostep["event"]): void => {
    const snapshot: unknown = actor.getSnapshot();
    if (isMachineSnapshot(snapshot)) onStep({ actor, event, snapshot, machine: chartOf(actor) });
  };
  const take = (news: InspectionEvent): void => {
    const actor = news.actorRef as AnyActorRef;
    switch (news.type) {
      case "@xstate.microstep":
        // Raised and eventless steps follow from the first step's event, so a replay reaches them by itself.
        if (isMachineSnapshot(news.snapshot) && news.event.type !== "xstate.init")
          pending.set(actor, { actor, event: pending.get(actor)?.event ?? news.event, snapshot: news.snapshot });
        break;
      case "@xstate.event":
        // An actor's first steps are taken before it begins: its first line contains them all.
        if (news.event.type === "xstate.init") pending.delete(actor);
        flush();
        if (news.event.type === "xstate.init") begin(actor, news.event);
        break;
      case "@xstate.snapshot":
        flush();
        break;
      case "@xstate.actor":
      case "@xstate.action":
      case "@xstate.transition":
        break;
    }
  };
  return { take, flush };
};

/**
 * Writes one line for each macrostep of each chart of a run: a transition is on disk before anything that it started
 * can act.
 */
export const openJournal = (runDir: string, listener: JournalListener): Journal => {
  const trace = openTrace(runDir, listener.onTrouble);
  let seq = 0;
  const { take, flush } = createJoiner((step) => {
    seq += 1;
    const line = traceLine(seq, step);
    trace.append(line);
    if (line.actor === "run") listener.onRunState(line.state);
    else if (step.snapshot.status !== "stopped") listener.onStep?.(step.actor.id, line.state);
  });
  return {
    inspect: (news) => void bestEffort(() => take(news), listener.onTrouble),
    trouble: trace.trouble,
    close: () => {
      bestEffort(flush, listener.onTrouble);
      trace.close();
    },
  };
};
