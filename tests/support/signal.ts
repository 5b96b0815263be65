/**
 * Sends a signal to a process, or with a negative number to a group. Throws ESRCH when it is gone.
 *
 * 0 and -1 mean our own group and everybody: a pid that was not there (`pids[0] ?? 0`) once ended the whole suite and the
 * shell that had called it. They are refused, and so is init.
 */
export const sendSignal = (pid: number, name: NodeJS.Signals): void => {
  if (!Number.isInteger(pid) || Math.abs(pid) < 2) throw new RangeError(`${name} for ${pid}: that is no process of this test's`);
  process.kill(pid, name);
};

/** As `sendSignal`, to whom may have ended meanwhile. */
export const sendSignalIfThere = (pid: number, name: NodeJS.Signals): void => {
  try {
    sendSignal(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
};
