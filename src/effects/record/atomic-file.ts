import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";

/** Replaces a file as a whole: a reader, or a crash, sees the old content or the new one, never a part. Throws. */
export const replaceFile = (file: string, content: string): void => {
  const beside = `${file}.${process.pid}.tmp`;
  try {
    const fd = openSync(beside, "w", 0o644);
    try {
      writeSync(fd, content);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(beside, file);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
};
