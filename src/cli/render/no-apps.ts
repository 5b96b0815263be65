export interface NoApps {
  readonly zone: string;
  /** Other zones that there are traces of. */
  readonly others: readonly string[];
  /** That some place could not be looked at was said. */
  readonly warned: boolean;
}

/** That no run app was found, and of which zone: the others' are not looked at. */
export const noApps = ({ zone, others, warned }: NoApps): string =>
  warned
    ? `no run app of ${zone} was found by what could be looked at`
    : `no run app of ${zone} is on this host${others.length === 0 ? "" : `; there are traces of ${others.join(", ")}: name yours by --zone or CCCI_ZONE`}`;
