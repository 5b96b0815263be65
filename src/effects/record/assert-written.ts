import { hostTroubleOf, messageOf, RunError } from "../../machines/errors.js";

/**
 * Before an act that outlives us: what is to be known of the run must be on disk, or the next run after a kill knows
 * nothing of it. `trouble`: why it is not, or null. Throws with exit code 69.
 */
export const assertWritten = (trouble: unknown): void => {
  if (trouble === null) return;
  const known = hostTroubleOf(trouble);
  throw new RunError(known?.code ?? "cannot-write", `the run's record could not be written, so nothing more is begun: ${messageOf(trouble)}`, {
    hint: known?.hint ?? "Is the runs folder still there, and writable for this user? Try: recipe-ci doctor",
    cause: trouble,
  });
};
