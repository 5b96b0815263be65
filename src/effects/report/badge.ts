import type { Cleanliness, Verdict } from "../../machines/vocabulary.js";
import { html as svg } from "./html-text.js";
import type { Told } from "./report-input.js";

/** Wide enough for any font at 11 px; `textLength` then makes the text fit exactly. */
const widthOf = (text: string): number => text.length * 7 + 12;

const isUnclean = ({ kind }: Cleanliness): boolean => kind === "dirty" || kind === "unverified";

const colour = (verdict: Verdict, cleanliness: Cleanliness): string => {
  if (verdict.kind === "failed") return "#c93c37";
  if (verdict.kind === "stopped") return "#6e7781";
  return isUnclean(cleanliness) ? "#bf8700" : "#2da44e";
};

const wordOf = ({ verdict, cleanliness, level }: Told): string => {
  const word = verdict.kind === "passed" && isUnclean(cleanliness) ? `passed, ${cleanliness.kind}` : verdict.kind;
  return verdict.kind === "stopped" ? word : `${word}, level ${level}`;
};

/** A badge for a README: the recipe, how its last run went, and its level. */
export const badge = (told: Told): string => {
  const { recipe } = told.record;
  const word = wordOf(told);
  const [left, right] = [widthOf(recipe), widthOf(word)];
  const label = (text: string, x: number, width: number) =>
    svg`<text x="${x + 6}" y="14" textLength="${width - 12}" fill="#fff" font-family="sans-serif" font-size="11">${text}</text>`;
  return svg`<svg xmlns="http://www.w3.org/2000/svg" width="${left + right}" height="20" role="img" aria-label="${`${recipe}: ${word}`}">
<rect width="${left}" height="20" fill="#444c56"/><rect x="${left}" width="${right}" height="20" fill="${colour(told.verdict, told.cleanliness)}"/>
${label(recipe, 0, left)}${label(word, left, right)}
</svg>
`.text;
};
