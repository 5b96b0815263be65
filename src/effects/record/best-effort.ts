/**
 * Does something that must not stop a run when it fails: a full disk, a folder removed under us.
 *
 * The run's record is for people; the lock and the teardown do not depend on it. Returns null when it failed.
 */
export const bestEffort = <T>(act: () => T, onTrouble: (error: unknown) => void = () => undefined): T | null => {
  try {
    return act();
  } catch (error) {
    onTrouble(error);
    return null;
  }
};
