import type { Cleanliness, Verdict } from "../../machines/vocabulary.js";

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

/** Wide enough for any font at 11 px; `textLength` then makes the text fit exactly. */
const widthOf = (text: string): number => text.length * 7 + 12;

const isUnclean = ({ kind }: Cleanliness): boolean => kind === "dirty" || kind === "unverified";

const colour = (verdict: Verdict, cleanliness: Cleanliness): string => {
  if (verdict.kind === "failed") return "#c93c37";
  if (verdict.kind === "stopped") return "#6e7781";
  return isUnclean(cleanliness) ? "#bf8700" : "#2da44e";
};

/** A badge for a README: the recipe, and how its last run went. */
export const badge = (recipe: string, verdict: Verdict, cleanliness: Cleanliness): string => {
  const word = verdict.kind === "passed" && isUnclean(cleanliness) ? `passed, ${cleanliness.kind}` : verdict.kind;
  const [left, right] = [widthOf(recipe), widthOf(word)];
  const label = (text: string, x: number, width: number): string =>
    `<text x="${x + 6}" y="14" textLength="${width - 12}" fill="#fff" font-family="sans-serif" font-size="11">${escaped(text)}</text>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${left + right}" height="20" role="img" aria-label="${escaped(`${recipe}: ${word}`)}">
<rect width="${left}" height="20" fill="#444c56"/><rect x="${left}" width="${right}" height="20" fill="${colour(verdict, cleanliness)}"/>
${label(recipe, 0, left)}${label(word, left, right)}
</svg>
`;
};
