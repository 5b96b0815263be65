import { closeSync, constants, fsyncSync, openSync, renameSync, writeFileSync } from "node:fs";
import { removeFile } from "../files/remove.js";

const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;

/**
 * Replaces a file as a whole, readable by its owner alone: readers see the old content or the new, never a part, even if we
 * crash. Whatever is there under the temporary name is removed first: a link is not followed. Throws.
 *
 * `survives: "host"`: true after a power cut as well. That waits for the disk, and for those milliseconds nothing else runs.
 */
export const replaceFile = (file: string, content: string | Uint8Array, survives: "host" | "process" = "host"): void => {
  const beside = `${file}.${process.pid}.tmp`;
  try {
    removeFile(beside);
    const fd = openSync(beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    try {
      // Not writeSync: when a disk fills up, it writes a part and reports success.
      writeFileSync(fd, content);
      if (survives === "host") fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(beside, file);
  } catch (error) {
    removeFile(beside);
    throw error;
  }
};

/** When this returns, the names in a folder are on disk: a file created or replaced there is found after a crash. Throws. */
export const syncFolder = (folder: string): void => {
  const fd = openSync(folder, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
};
