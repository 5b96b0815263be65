import { everyState } from "./graph.js";
import type { StateModel, TransitionKind } from "./model.js";
import { lineHeight, widthOf, type StyleName } from "./text.js";

/** One sign of a picture and what it means. */
interface LegendEntry {
  readonly sign: TransitionKind | "start" | "final" | "region" | "deaf" | "elsewhere";
  readonly words: string;
  readonly style: StyleName;
}

const words: Readonly<Record<TransitionKind, string>> = {
  event: "on an event",
  done: "an actor is done",
  error: "it failed",
  after: "after a delay",
  always: "at once, when its guard holds",
};

const arrowKinds = ["event", "done", "error", "after", "always"] as const;

/** The legend of this chart's picture: only the signs that appear in it. */
export const legendOf = (chart: StateModel): readonly LegendEntry[] => {
  const states = everyState(chart);
  const leading = states.flatMap(({ transitions }) => transitions.filter(({ target }) => target !== null));
  const kinds = new Set(leading.map(({ kind }) => kind));
  const has = (sign: LegendEntry["sign"], text: string, isThere: boolean): readonly LegendEntry[] =>
    isThere ? [{ sign, words: text, style: "keyword" }] : [];
  return [
    ...has(
      "start",
      "begins here",
      states.some(({ initial }) => initial !== null),
    ),
    ...arrowKinds.filter((kind) => kinds.has(kind)).map((kind): LegendEntry => ({ sign: kind, words: words[kind], style: kind })),
    ...has(
      "deaf",
      "nothing interrupts it",
      states.some(({ tags }) => tags.includes("uninterruptible")),
    ),
    ...has(
      "region",
      "side by side",
      states.some(({ type }) => type === "parallel"),
    ),
    ...has(
      "elsewhere",
      "in another picture",
      states.some(({ tags }) => tags.includes("elsewhere")),
    ),
    ...has(
      "final",
      "ends the chart",
      states.some(({ type }) => type === "final"),
    ),
  ];
};

export const signWidth = 26;
const gap = 18;

export interface PlacedEntry extends LegendEntry {
  readonly x: number;
  readonly row: number;
}

/** Places the entries in rows that are no wider than the picture. */
export const placeLegend = (entries: readonly LegendEntry[], width: number): readonly PlacedEntry[] => {
  let [x, row] = [gap, 0];
  return entries.map((entry) => {
    const own = signWidth + 6 + widthOf({ text: entry.words, style: entry.style });
    if (x > gap && x + own > width - gap) [x, row] = [gap, row + 1];
    const placed = { ...entry, x, row };
    x += own + gap;
    return placed;
  });
};

export const legendHeight = (placed: readonly PlacedEntry[]): number =>
  ((placed.at(-1)?.row ?? -1) + 1) * (lineHeight + 4) + (placed.length > 0 ? 10 : 0);
