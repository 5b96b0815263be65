export interface NoApps {
  readonly zone: string;
  /** Other zones of which there are traces. */
  readonly others: readonly string[];
  /** Whether a warning was printed that some place could not be looked at. */
  readonly warned: boolean;
}

/** Says that no run app was found, and in which zone: other zones are not looked at. */
export const noApps = ({ zone, others, warned }: NoApps): string =>
  warned
    ? `no run app of ${zone} was found by what could be looked at`
    : `no run app of ${zone} is on this host${others.length === 0 ? "" : `; there are traces of ${others.join(", ")}: name yours by --zone or CCCI_ZONE`}`;
