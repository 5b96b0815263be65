import type { ActorRefFrom } from "xstate";
import { openJournal, type Journal } from "../../effects/record/journal.js";
import { phaseOf } from "../../effects/record/phase.js";
import type { runMachine } from "../../machines/run/run.machine.js";
import { tiers } from "../../machines/vocabulary.js";
import type { OpenRun } from "./open-run.js";

/** The charts whose steps are shown to people, under the phase that waits for them. */
const shownActors: ReadonlySet<string> = new Set(["deploy", "settle", ...tiers, "teardown", "recoverTeardown", "replaceTeardown"]);

/** Steps that are not shown: what is waited for in them has steps of its own, or does not exist. */
const unsaid = new Set(["beginning", "settling", "before.hook", "asserting.hook", "ended"]);

/** The step's name for people: `converging`, wherever in the chart it is. */
const wordOf = (leaf: string): string => leaf.replace(/^watching\./, "").replace(/^asserting\.testing$/, "asserting");

interface RunObservation {
  readonly journal: Journal;
  /** The states of the run's chart that were entered, in order. */
  readonly path: () => readonly string[];
  /** From now on, shows each step of the run to people. */
  readonly follow: (actor: ActorRefFrom<typeof runMachine>) => void;
}

/** Records where the run is, in its journal and its record, and shows it. The run does not depend on it. */
export const observeRun = ({ runDir, record, renderer, onUnwritten }: OpenRun, onState: (leaf: string) => void): RunObservation => {
  const path: string[] = [];
  let step: string | null = null;
  let show = (): void => undefined;
  const journal = openJournal(runDir, {
    onRunState: (state) => {
      const leaf = state[0] ?? "";
      record.enter(leaf, phaseOf(leaf));
      step = null;
      path.push(`run.${leaf}`);
      onState(leaf);
    },
    onStep: (actor, state) => {
      const leaf = state[0] ?? "";
      if (!shownActors.has(actor) || unsaid.has(leaf)) return;
      step = wordOf(leaf);
      show();
    },
    onTrouble: (error) => onUnwritten("events.jsonl", error),
  });
  return {
    journal,
    path: () => path,
    follow: (actor) => {
      show = () => renderer.onSnapshot(actor.getSnapshot(), record.current, step);
      actor.subscribe({ next: show, error: () => undefined });
    },
  };
};
