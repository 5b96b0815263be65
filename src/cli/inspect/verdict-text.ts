interface Ended {
  readonly verdict: string | null;
  readonly cause: string | null;
  /** The record of an earlier version has none. */
  readonly failure?: string | null;
}

/** The verdict, with what stopped the run and the code of what failed: `stopped (deadline: out-of-time)`. */
export const verdictText = ({ verdict, cause, failure }: Ended): string => {
  const why = [cause, failure].filter((part) => part != null).join(": ");
  return `${verdict ?? "no verdict"}${why === "" ? "" : ` (${why})`}`;
};
