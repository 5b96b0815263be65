import { RunError } from "../../machines/errors.js";

/** The failure of a run whose folder, or something in it, somebody removed; exit code 69. */
export const folderLost = (message: string, details: readonly string[] = []): RunError =>
  new RunError("run-folder-lost", message, {
    hint: "Who clears the runs folder while runs are on? recipe-ci prune removes only those that are over.",
    details,
  });
