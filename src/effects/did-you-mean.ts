import { closest, distance } from "fastest-levenshtein";

/** Farther apart, two words are not a slip of the same one. */
const slipMax = 3;

/** The known word that was meant, or null where none is near. */
export const nearest = (word: string, known: readonly string[]): string | null => {
  if (known.length === 0) return null;
  const best = closest(word, known);
  // Of a short word no more than half: everything is three letters away from `env`.
  return distance(word, best) <= Math.min(slipMax, Math.ceil(best.length / 2)) ? best : null;
};

/** A sentence for whoever mistyped one of these words: the one that was meant, or all there are. */
export const didYouMean = (word: string, known: readonly string[]): string => {
  if (known.length === 0) return "Nothing is known there.";
  const best = nearest(word, known);
  return best === null ? `Known: ${known.join(", ")}.` : `Did you mean ${best}?`;
};
