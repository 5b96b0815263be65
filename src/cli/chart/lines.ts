import { formatDuration } from "../../machines/duration.js";
import type { StateModel, TransitionModel } from "./model.js";
import { lineWidth, wrap, type Line, type Piece } from "./text.js";

/** Headers and labels wrap here: wider ones make a chart wider than a page. */
const headerMax = 270;
const labelMax = 210;

const isIgnored = (transition: TransitionModel): boolean =>
  transition.target === null && transition.actions.every((action) => action.startsWith("noteIgnored"));

const list = (label: string, names: readonly string[], style: Piece["style"]): readonly Line[] =>
  names.map((name) => [
    { text: `${label} `, style: "keyword" },
    { text: name, style },
  ]);

/** `event [guard]`, and the actions after it, or below it where both together are too wide. */
const transitionLines = (transition: TransitionModel, max: number): readonly Line[] => {
  const { kind, event, delayMs, guard, actions } = transition;
  const word = kind === "done" ? (event === "all done" ? event : `done: ${event}`) : kind === "error" ? `error: ${event}` : kind === "after" ? `after ${event}` : event;
  const delay = delayMs === null ? "" : ` (${formatDuration(delayMs)})`;
  const head: Piece[] = [{ text: `${word}${delay}`, style: kind }];
  if (guard === null && actions.length === 0 && lineWidth(head) > max) return wrap(`${word}${delay}`, kind, max);
  if (guard !== null) head.push({ text: ` [${guard}]`, style: "guard" });
  if (actions.length === 0) return [head];
  const acts: Piece = { text: ` / ${actions.join(", ")}`, style: "action" };
  return lineWidth([...head, acts]) <= max ? [[...head, acts]] : [head, ...wrap(`/ ${actions.join(", ")}`, "action", max).map((line): Line => [{ text: "   ", style: "action" }, ...line])];
};

/** What stands in a state's box: its name apart, then description, entry, exit, invokes and what it does without leaving. */
export const headerLines = (state: StateModel): readonly Line[] => {
  const targetless = state.transitions.filter(({ target }) => target === null);
  const ignored = targetless.filter(isIgnored);
  return [
    ...(state.description === null ? [] : wrap(state.description, "description", headerMax)),
    ...list("tag", state.tags.filter((tag) => tag !== "elsewhere"), "keyword"),
    ...list("entry", state.entry, "action"),
    ...list("exit", state.exit, "action"),
    ...state.invokes.map(({ id, src }): Line => [
      { text: "invoke ", style: "keyword" },
      { text: id === src ? src : `${src} as ${id}`, style: "actor" },
    ]),
    ...targetless.filter((transition) => !isIgnored(transition)).flatMap((transition) => transitionLines(transition, headerMax)),
    ...(state.folded === undefined ? [] : wrap(`inside: ${state.folded.join(", ")}`, "action", headerMax)),
    ...(ignored.length === 0 ? [] : wrap(`ignores ${ignored.map(({ kind, event }) => (kind === "error" ? `error: ${event}` : event)).join(", ")}`, "ignored", headerMax)),
  ];
};

/** The label of an arrow: a line or more for each transition that it stands for. */
export const labelLines = (transitions: readonly TransitionModel[]): readonly Line[] =>
  transitions.flatMap((transition) => transitionLines(transition, labelMax));
