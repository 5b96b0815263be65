import { statSync } from "node:fs";

const identityOf = (folder: string): string | null => {
  try {
    const { dev, ino } = statSync(folder, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return null; // It is gone, or we may no longer see it.
  }
};

/** Returns a function that says whether a path still leads to the same folder as at this call. False if there was none. */
export const sameFolder = (path: string): (() => boolean) => {
  const identity = identityOf(path);
  return () => identity !== null && identityOf(path) === identity;
};
