import { homedir } from "node:os";

/** This user's home folder: HOME, else what the list of users has. Null where neither knows one, as for a number that a container was started with. */
export const homeFolder = (): string | null => {
  try {
    return homedir() || null;
  } catch {
    return null; // Without HOME, node asks the list of users, and this user is not in it.
  }
};
