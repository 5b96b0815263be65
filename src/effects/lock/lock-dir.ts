import { accessSync, closeSync, constants, openSync, statfsSync, statSync } from "node:fs";
import { hostTrouble, messageOf, RunError } from "../../machines/errors.js";
import { codeOf } from "../files/error-code.js";
import { makeFolder } from "../files/make-folder.js";
import { tryFlock } from "./flock.js";

/** Magic numbers of statfs(2). On these file systems a lock is local to the machine, emulated, or may block even if told not to. */
const networkFileSystems: Readonly<Record<number, string>> = {
  0x6969: "NFS",
  0xff534d42: "CIFS",
  0xfe534d42: "SMB2",
  0x517b: "SMB",
  0x01021997: "9p",
  0x65735546: "FUSE",
  0x00c36400: "Ceph",
};

const unusable = (dir: string, why: string, hint: string): RunError =>
  new RunError("lock-dir-unusable", `the lock folder ${dir} cannot be used: ${why}`, { hint });

/** Creates the folder if it is missing, which is for the sandbox, where nobody else would. Throws `lock-dir-unusable`, exit code 2. */
export const makeLockDir = (dir: string): void => {
  try {
    makeFolder(dir);
  } catch (error) {
    throw hostTrouble(error) ?? unusable(dir, messageOf(error), "Set RECIPE_CI_SANDBOX to a folder that this user may write to.");
  }
};

/**
 * Whether two descriptors of the folder itself exclude each other: if not, locks mean nothing here. No file is created
 * for the test, so a kill leaves nothing. If another process runs the same test right now, being kept out is the answer
 * too.
 */
const locksExclude = (dir: string): boolean => {
  const [first, second] = [openSync(dir, "r"), openSync(dir, "r")];
  try {
    return !tryFlock(first) || !tryFlock(second);
  } finally {
    closeSync(first);
    closeSync(second);
  }
};

/** Throws `lock-dir-unusable` (exit code 2) unless the folder is one in which kernel locks work. */
export const assertLockDir = (dir: string): void => {
  const another = "Set CCCI_APP_LOCK_DIR to a folder on a local file system.";
  try {
    if (!statSync(dir).isDirectory()) throw unusable(dir, "it is not a folder", another);
    accessSync(dir, constants.W_OK | constants.X_OK);
  } catch (error) {
    if (error instanceof RunError) throw error;
    if (codeOf(error) === "ENOENT") throw unusable(dir, "it is not there", `Create it: mkdir -p ${dir}. ${another}`);
    throw unusable(dir, `this user may not write to it (${codeOf(error)})`, `Call recipe-ci as the user who may. ${another}`);
  }
  const type = networkFileSystems[statfsSync(dir).type];
  if (type !== undefined) throw unusable(dir, `it lies on ${type}, where a lock does not lock`, another);
  if (!locksExclude(dir)) throw unusable(dir, "two locks on it did not exclude each other", another);
};
