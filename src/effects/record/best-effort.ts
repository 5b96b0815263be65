/**
 * Does something whose failure must not stop a run: a full disk, a folder removed under us.
 *
 * The run's record is for people; the lock and the teardown do not depend on it. Returns null if it failed.
 */
export const bestEffort = <T>(act: () => T, onTrouble: (error: unknown) => void = () => undefined): T | null => {
  try {
    return act();
  } catch (error) {
    onTrouble(error);
    return null;
  }
};
