import { closeSync, constants, openSync } from "node:fs";
import { tryFlock } from "../lock/flock.js";
import { bestEffort } from "./best-effort.js";

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;

const openFolder = (runDir: string): number => openSync(runDir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);

/**
 * Takes the kernel's lock on a run's own folder until this process ends. By it others know that the run lives: its pid says
 * nothing in another pid namespace, and somebody else gets it one day. To be called before there is a record, since nobody looks
 * before. Where folders cannot be locked, the pid must do.
 */
export const holdRunFolder = (runDir: string): void => void bestEffort(() => tryFlock(openFolder(runDir)));

/** Whether a living run has the folder. False where that cannot be told. */
export const isRunFolderHeld = (runDir: string): boolean =>
  bestEffort(() => {
    const fd = openFolder(runDir);
    try {
      return !tryFlock(fd, "shared");
    } finally {
      closeSync(fd);
    }
  }) ?? false;
