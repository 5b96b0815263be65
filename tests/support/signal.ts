/**
 * Sends a signal to a process or, if the number is negative, to a group. Throws ESRCH if there is no such process.
 *
 * Refuses 0 (our own group), -1 (every process) and init: a missing pid (`pids[0] ?? 0`) once ended the whole suite and the shell
 * that had started it.
 */
export const sendSignal = (pid: number, name: NodeJS.Signals): void => {
  if (!Number.isInteger(pid) || Math.abs(pid) < 2) throw new RangeError(`${name} for ${pid}: that is no process of this test's`);
  process.kill(pid, name);
};

/** As `sendSignal`, but a process that has already ended is no error. */
export const sendSignalIfThere = (pid: number, name: NodeJS.Signals): void => {
  try {
    sendSignal(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
};
