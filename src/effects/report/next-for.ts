import type { Cleanliness } from "../../machines/vocabulary.js";

/** The words that a teardown adds after a verdict. */
export const butUnclean = ({ kind }: Cleanliness): string =>
  kind === "dirty" ? ", but not clean" : kind === "unverified" ? ", but not verified clean" : "";

/** What to do about a run that left something, or about nodes that could not be asked; null: nothing. */
export const nextFor = ({ kind }: Cleanliness): string | null => {
  switch (kind) {
    case "dirty":
      return "run.log has what docker said against it; then: recipe-ci janitor --dry-run";
    case "unverified":
      return "bring them back, or docker node rm those that are gone for good; the janitor asks again";
    case "clean":
    case "unknown":
      return null;
  }
};
