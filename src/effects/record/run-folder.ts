import { closeSync, constants, openSync } from "node:fs";
import { tryFlock } from "../lock/flock.js";
import { bestEffort } from "./best-effort.js";

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;

const openFolder = (runDir: string): number => openSync(runDir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);

/**
 * Takes the kernel's lock on a run's own folder until this process ends. It shows others that the run lives: a pid
 * means nothing in another pid namespace and is reused one day. Call it before there is a record, because nobody looks
 * before that. If folders cannot be locked, the pid must do.
 */
export const holdRunFolder = (runDir: string): void => void bestEffort(() => tryFlock(openFolder(runDir)));

/** Whether a living run has the folder locked. False if that cannot be known. */
export const isRunFolderHeld = (runDir: string): boolean =>
  bestEffort(() => {
    const fd = openFolder(runDir);
    try {
      return !tryFlock(fd, "shared");
    } finally {
      closeSync(fd);
    }
  }) ?? false;
