import { homedir } from "node:os";

/** This user's home folder: HOME, else from the list of users. Null if neither has one, as for a bare user id in a container. */
export const homeFolder = (): string | null => {
  try {
    return homedir() || null;
  } catch {
    return null; // Without HOME, node asks the list of users, and this user is not in it.
  }
};
