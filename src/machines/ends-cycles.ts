/** Options of a chart with `always`: if it cycles without end, the supervisor gets an error and the process does not hang. */
export const endsCycles = { maxIterations: 1_000 } as const;
