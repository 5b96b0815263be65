import { foldedAt } from "./graph.js";
import type { StateModel, TransitionKind, TransitionModel } from "./model.js";

interface Phrase {
  readonly text: string;
  readonly kind: TransitionKind;
}

const done = "done";
const passed = "all passed";
const failure = "any failure";
const untold = "";

/** Actions that end a run's work as failed. */
const failing = ["settleFailed", "settleUndeployed", "settleDepless", "settleTier", "settleNotGreen"];

const settles = ({ actions }: TransitionModel, action: string): boolean =>
  actions.some((name) => name === action || name.startsWith(`${action}(`));

/** The phrase of a choice says where it leads. A run that is torn down because nothing else is left to do has failed. */
const phraseOfChoice = ({ guard, target }: TransitionModel): Phrase => {
  if (guard === "hasDeps") return { text: "has deps", kind: "always" };
  if (guard?.startsWith("isNext") === true) return { text: "is next", kind: "always" };
  if (guard === "isRoundLeft") return { text: "a round is left", kind: "always" };
  if (guard === "isEverythingPassed") return { text: passed, kind: "always" };
  return guard === null && (target?.endsWith(".tearingDown") === true || target?.endsWith(".hold") === true)
    ? { text: failure, kind: "error" }
    : { text: untold, kind: "always" };
};

/** Why a state is left, in the few words that a first picture has room for. The detailed pictures show actors, guards and budgets. */
const phraseOf = (transition: TransitionModel): Phrase => {
  const { kind, event } = transition;
  if (settles(transition, "settlePassed") || settles(transition, "keepEvidence")) return { text: done, kind: "done" };
  if (settles(transition, "nextRound")) return { text: "next round", kind: "done" };
  if (kind === "always") return phraseOfChoice(transition);
  if (event === "deadline" || event === "stop") return { text: event, kind: "event" };
  if (event === "lock.lost") return { text: "lock lost", kind: "event" };
  if (event === "lock.held") return { text: "lock held", kind: "event" };
  if (failing.some((action) => settles(transition, action)) || kind === "error" || kind === "after")
    return { text: failure, kind: "error" };
  if (kind === "event") return { text: event, kind };
  return { text: transition.target?.endsWith(".picturing") === true ? passed : done, kind: "done" };
};

const order = [done, passed, failure, "stop", "deadline", "lock lost"];

const rank = ({ text }: Phrase): number => (order.includes(text) ? order.indexOf(text) : order.length);

const bare = { delayMs: null, guard: null, actions: [], description: null, phrase: true } as const;

/**
 * All transitions from one state to another as one arrow, labelled with their phrases. Transitions that do not leave the state are
 * unchanged.
 */
const summarised = (transitions: readonly TransitionModel[]): readonly TransitionModel[] => {
  const targets = [...new Set(transitions.map(({ target }) => target))].filter((target) => target !== null);
  return [
    ...transitions.filter(({ target, kind }) => target === null && kind === "event"),
    ...targets.map((target): TransitionModel => {
      const phrases = transitions.filter((one) => one.target === target).map(phraseOf);
      const distinct = [...new Map(phrases.map((phrase) => [phrase.text, phrase])).values()].sort((a, b) => rank(a) - rank(b));
      // An arrow that can mean success is not drawn as a failure, even if one of its actors may fail without consequence.
      const endsWell = distinct.some(({ kind }) => kind === "done");
      const told = endsWell
        ? distinct.filter(({ text }) => text !== failure && (text !== done || distinct.every((one) => one.text !== passed)))
        : distinct;
      const kinds = new Set(told.map(({ kind }) => kind));
      const [only] = kinds;
      return {
        ...bare,
        kind: kinds.size === 1 && only !== undefined ? only : "event",
        event: told.map(({ text }) => text).join(" · "),
        target,
      };
    }),
  ];
};

/** Moves exits that several states of a frame share to the frame: one arrow instead of one from each. */
const hoisted = (frame: StateModel): StateModel => {
  const isShared = ({ target }: TransitionModel): boolean => target !== null && !target.startsWith(`${frame.id}.`);
  const isGood = (transition: TransitionModel): boolean => phraseOf(transition).kind === "done";
  const leaves = (transition: TransitionModel): boolean => isShared(transition) && !isGood(transition);
  const shared = frame.states.flatMap(({ transitions }) => transitions.filter(leaves));
  return {
    ...frame,
    transitions: [...frame.transitions, ...shared],
    states: frame.states.map((state) => ({ ...state, transitions: state.transitions.filter((one) => !leaves(one)) })),
  };
};

const rebuilt = (state: StateModel, frames: ReadonlySet<string>): StateModel => {
  const own = frames.has(state.id) ? hoisted(state) : state;
  return {
    ...own,
    tags: own.tags.filter((tag) => tag === "uninterruptible"),
    transitions: summarised(own.transitions),
    states: own.states.map((child) => rebuilt(child, frames)),
  };
};

/** Leaves out the states that are entered only on request: arrows to them lead to where they lead. */
const without = (state: StateModel, optional: ReadonlyMap<string, string>): StateModel => ({
  ...state,
  transitions: state.transitions.map((one) => ({ ...one, target: one.target === null ? null : (optional.get(one.target) ?? one.target) })),
  states: state.states.filter(({ id }) => !optional.has(id)).map((child) => without(child, optional)),
});

/**
 * The first picture of a chart: states down to `folded`, arrows with a few words each.
 *
 * `frames`: states whose children leave them for the same reasons, so that those exits are drawn once.
 * `optional`: states that are left out, and where each leads to.
 */
export const overviewOf = (
  chart: StateModel,
  folded: ReadonlySet<string>,
  frames: ReadonlySet<string>,
  optional: ReadonlyMap<string, string> = new Map(),
): StateModel =>
  rebuilt(
    foldedAt(without(chart, optional), folded, (transitions) => transitions),
    frames,
  );
