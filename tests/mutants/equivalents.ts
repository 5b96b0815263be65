/** Faults that change nothing anybody could notice, each with the reason. One that is noticed after all fails the script. */
export const equivalents: Readonly<Record<string, string>> = {};
