import { closest, distance } from "fastest-levenshtein";

/** Words that differ by more letters are not slips of one another. */
const slipMax = 3;

/** The known word that was probably meant; null if none is similar. */
export const nearest = (word: string, known: readonly string[]): string | null => {
  if (known.length === 0) return null;
  const best = closest(word, known);
  // Of a short word no more than half may differ: everything is three letters away from `env`.
  return distance(word, best) <= Math.min(slipMax, Math.ceil(best.length / 2)) ? best : null;
};

/** A sentence for whoever mistyped one of these words: the one that was probably meant, or all of them. */
export const didYouMean = (word: string, known: readonly string[]): string => {
  if (known.length === 0) return "Nothing is known there.";
  const best = nearest(word, known);
  return best === null ? `Known: ${known.join(", ")}.` : `Did you mean ${best}?`;
};
