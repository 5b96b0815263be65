import { formatDuration } from "../../machines/duration.js";
import type { StateModel, TransitionModel } from "./model.js";
import { lineWidth, wrap, type Line, type Piece } from "./text.js";

/** Headers and labels wrap at this width: wider ones would make a chart wider than a page. A frame is wider than its header anyway. */
const headerMax = 270;
const frameHeaderMax = 300;
const labelMax = 210;
const phraseMax = 120;

const isNoted = (transition: TransitionModel): boolean =>
  transition.target === null && transition.actions.every((action) => action.startsWith("noteIgnored"));

const list = (label: string, names: readonly string[], style: Piece["style"]): readonly Line[] =>
  names.map((name) => [
    { text: `${label} `, style: "keyword" },
    { text: name, style },
  ]);

/** `event [guard]` with its actions behind it, or below it if both together are too wide. */
const transitionLines = (transition: TransitionModel, max: number): readonly Line[] => {
  const { kind, event, delayMs, guard, actions } = transition;
  if (transition.phrase === true) return wrap(event, kind, phraseMax);
  const word =
    kind === "done"
      ? event === "all done"
        ? event
        : `done: ${event}`
      : kind === "error"
        ? `error: ${event}`
        : kind === "after"
          ? `after ${event}`
          : event;
  const delay = delayMs === null ? "" : ` (${formatDuration(delayMs)})`;
  const head: Piece[] = [{ text: `${word}${delay}`, style: kind }];
  if (guard === null && actions.length === 0 && lineWidth(head) > max) return wrap(`${word}${delay}`, kind, max);
  if (guard !== null) head.push({ text: ` [${guard}]`, style: "guard" });
  if (actions.length === 0) return [head];
  const acts: Piece = { text: ` / ${actions.join(", ")}`, style: "action" };
  return lineWidth([...head, acts]) <= max
    ? [[...head, acts]]
    : [head, ...wrap(`/ ${actions.join(", ")}`, "action", max).map((line): Line => [{ text: "   ", style: "action" }, ...line])];
};

/** The text in a state's box: its name, then description, entry, exit, invokes, and what it handles without leaving. */
export const headerLines = (state: StateModel): readonly Line[] => {
  const max = state.states.length === 0 ? headerMax : frameHeaderMax;
  const targetless = state.transitions.filter(({ target }) => target === null);
  const noted = targetless.filter(isNoted).map(({ kind, event }) => (kind === "error" ? `error: ${event}` : event));
  const isDeaf = state.tags.includes("uninterruptible");
  return [
    ...(state.description === null ? [] : wrap(state.description, "description", max)),
    ...list(
      "tag",
      state.tags.filter((tag) => tag !== "elsewhere" && tag !== "uninterruptible"),
      "keyword",
    ),
    ...list("entry", state.entry, "action"),
    ...list("exit", state.exit, "action"),
    ...state.invokes.map(({ id, src }): Line => [
      { text: "invoke ", style: "keyword" },
      { text: id === src ? src : `${src} as ${id}`, style: "actor" },
    ]),
    ...targetless.filter((transition) => !isNoted(transition)).flatMap((transition) => transitionLines(transition, max)),
    ...(state.folded === undefined ? [] : wrap(`inside: ${state.folded.join(", ")}`, "action", max)),
    ...(noted.length === 0
      ? []
      : wrap(isDeaf ? `deaf to ${noted.join(" · ")}` : `only notes ${noted.join(", ")}`, isDeaf ? "deaf" : "action", max)),
  ];
};

/** The label of an arrow: one or more lines for each transition that it stands for. */
export const labelLines = (transitions: readonly TransitionModel[]): readonly Line[] =>
  transitions.flatMap((transition) => transitionLines(transition, labelMax));
