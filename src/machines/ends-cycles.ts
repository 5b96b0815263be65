/** Options of a chart with `always`: an endless cycle becomes an error for the supervisor, not a process that hangs. */
export const endsCycles = { maxIterations: 1_000 } as const;
