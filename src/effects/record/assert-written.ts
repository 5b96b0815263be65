import { hostTroubleOf, messageOf, RunError } from "../../machines/errors.js";

/**
 * Call before an act that outlives us: if the run's record were not on disk, the next run would know nothing of it after a
 * kill. `trouble`: why it is not on disk, or null. Throws with exit code 69.
 */
export const assertWritten = (trouble: unknown): void => {
  if (trouble === null) return;
  const known = hostTroubleOf(trouble);
  throw new RunError(
    known?.code ?? "cannot-write",
    `the run's record could not be written, so nothing more is begun: ${messageOf(trouble)}`,
    {
      hint: known?.hint ?? "Is the runs folder still there, and writable for this user? Try: recipe-ci doctor",
      cause: trouble,
    },
  );
};
