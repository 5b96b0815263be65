interface Ended {
  readonly verdict: string | null;
  readonly cause: string | null;
  /** Records of earlier versions have none. */
  readonly failure?: string | null;
}

/** The verdict with what stopped the run and the failure's code: `stopped (deadline: out-of-time)`. */
export const verdictText = ({ verdict, cause, failure }: Ended): string => {
  const why = [cause, failure].filter((part) => part != null).join(": ");
  return `${verdict ?? "no verdict"}${why === "" ? "" : ` (${why})`}`;
};
