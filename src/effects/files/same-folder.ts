import { statSync } from "node:fs";

const identityOf = (folder: string): string | null => {
  try {
    const { dev, ino } = statSync(folder, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return null; // Gone, or not to be seen any more.
  }
};

/** Tells whenever it is asked whether a path still leads to the folder that it led to when this was called. False where there was none. */
export const sameFolder = (path: string): (() => boolean) => {
  const identity = identityOf(path);
  return () => identity !== null && identityOf(path) === identity;
};
