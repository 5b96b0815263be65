import { closeSync, constants, fstatSync, openSync, statSync } from "node:fs";
import { join } from "node:path";
import { RunError } from "../../machines/errors.js";
import type { Domain } from "../../machines/vocabulary.js";
import { codeOf } from "../files/error-code.js";

const prefix = "cc-ci-app-";
const suffix = ".lock";

/** The name is that of the Python harness, so that its runs and ours exclude each other. */
export const lockPath = (dir: string, domain: Domain): string => join(dir, `${prefix}${domain}${suffix}`);

/** The app whose lock a file name is, or null. */
export const appOfLockFile = (name: string): string | null =>
  name.startsWith(prefix) && name.endsWith(suffix) ? name.slice(prefix.length, -suffix.length) : null;

const hints: Record<string, string> = {
  ELOOP: "It is a symlink: remove it, somebody put it there.",
  EISDIR: "It is a folder: remove it.",
  ENOENT: "The lock folder does not exist: create it, or set CCCI_APP_LOCK_DIR.",
  "it is not a regular file": "Remove it, somebody put it there.",
  EACCES: "This user may not write there: run as the user that owns it, or set CCCI_APP_LOCK_DIR.",
  ENOSPC: "The file system is full.",
};

export const lockUnusable = (path: string, why: string, error?: unknown): RunError =>
  new RunError("lock-unusable", `the lock file ${path} cannot be used: ${why}`, {
    hint: hints[why] ?? "Look at the file, or set CCCI_APP_LOCK_DIR to another folder.",
    cause: error,
  });

const { O_RDWR, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK } = constants;

/** Refuses anything but a regular file: a FIFO can be opened and locked, and reading a card from it would wait for ever. */
const regular = (fd: number, path: string): number => {
  if (fstatSync(fd).isFile()) return fd;
  closeSync(fd);
  throw lockUnusable(path, "it is not a regular file");
};

/**
 * Whoever may open the file, even only for reading, can hold its lock. So only those who may write here can open it; the
 * umask decides about the group.
 */
const mode = 0o660;

/** Another process may create and unlink the file at the same time, but this often is not an accident. */
const attemptsMax = 100;

/**
 * Opens the lock file and creates it if needed and `create` is set. Null if there is none and none is to be created.
 *
 * Tries first without O_CREAT: with it, in a sticky folder, the kernel (fs.protected_regular) refuses even root another
 * user's file. Then with O_CREAT|O_EXCL, and again from the start if somebody was quicker. Throws `lock-unusable`.
 */
export const openLockFile = (path: string, create: boolean): number | null => {
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    try {
      return regular(openSync(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK), path);
    } catch (error) {
      if (error instanceof RunError) throw error;
      if (codeOf(error) !== "ENOENT") throw lockUnusable(path, codeOf(error) || String(error), error);
      if (!create) return null;
    }
    try {
      return openSync(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_NONBLOCK, mode);
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw lockUnusable(path, codeOf(error) || String(error), error);
    }
  }
  throw lockUnusable(path, "it comes and goes");
};

/** Whether the path still names the very file that is open: a lock on an unlinked file locks nothing. */
export const isLive = (fd: number, path: string): boolean => {
  try {
    const ours = fstatSync(fd, { bigint: true });
    const named = statSync(path, { bigint: true });
    return ours.nlink > 0n && ours.ino === named.ino && ours.dev === named.dev;
  } catch {
    return false; // Nothing is there any more.
  }
};

/** Closes a descriptor that may be closed already. */
export const closeQuietly = (fd: number): void => {
  try {
    closeSync(fd);
  } catch {
    // EBADF: it was.
  }
};
