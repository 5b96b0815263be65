import { readlinkSync, renameSync, symlinkSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { syncFolder } from "./atomic-file.js";
import { bestEffort } from "./best-effort.js";
import { removeFile } from "../files/remove.js";

/** The run that a link names; null if there is no link. Does not check whether that run exists. */
export const readPointer = (file: string): string | null => {
  const target = bestEffort(() => readlinkSync(file));
  return target === null ? null : basename(target);
};

/** Makes the link name another run, atomically and on disk when this returns. Throws. */
export const replacePointer = (file: string, runId: string): void => {
  const beside = `${file}.${process.pid}.tmp`;
  removeFile(beside);
  symlinkSync(join("..", basename(runId)), beside);
  renameSync(beside, file);
  syncFolder(dirname(file));
};

/** Removes the link. Safe to do twice. Throws. */
export const removePointer = (file: string): void => removeFile(file);
