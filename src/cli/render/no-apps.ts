/** That no run app was found, and of which zone: the others' are not looked at. */
export const noApps = (zone: string, others: readonly string[]): string =>
  `no run app of ${zone} is on this host${others.length === 0 ? "" : `; there are traces of ${others.join(", ")}: name yours by --zone or CCCI_ZONE`}`;
