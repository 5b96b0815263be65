import { lstatSync, rmSync, unlinkSync } from "node:fs";

const orGone = (act: () => void): void => {
  try {
    act();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
};

/**
 * Removes a file, or a link as a link, wherever it leads. What is not there is removed already.
 *
 * Not `rmSync`: that of Node 24 leaves a link that leads nowhere, and says nothing.
 */
export const removeFile = (path: string): void => orGone(() => unlinkSync(path));

/** The same for a folder with all that is in it; where a link stands in its place, the link goes. */
export const removeTree = (path: string): void =>
  orGone(() => {
    if (lstatSync(path).isSymbolicLink()) unlinkSync(path);
    else rmSync(path, { recursive: true, force: true, maxRetries: 3 });
  });
