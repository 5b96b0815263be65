import { closeSync, constants, fsyncSync, openSync, renameSync, writeFileSync } from "node:fs";
import { removeFile } from "../files/remove.js";

const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;

/**
 * Replaces a file as a whole, readable by its owner alone: a reader, or a crash of ours, sees the old content or the new one,
 * never a part. What lies beside it under the name that we write to goes first: a link is not followed. Throws.
 *
 * `survives`: where it is the host, a power cut does so too. That waits for the disk, milliseconds in which nothing is heard.
 */
export const replaceFile = (file: string, content: string | Uint8Array, survives: "host" | "process" = "host"): void => {
  const beside = `${file}.${process.pid}.tmp`;
  try {
    removeFile(beside);
    const fd = openSync(beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    try {
      // Not writeSync: on a disk that fills up it writes a part and calls that success.
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

/** The names in a folder are on disk when this returns: a file that was made or replaced there is found after a crash. Throws. */
export const syncFolder = (folder: string): void => {
  const fd = openSync(folder, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
};
