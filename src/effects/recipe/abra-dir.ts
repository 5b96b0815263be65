import { lstatSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { hostTrouble, messageOf, RunError } from "../../machines/errors.js";
import { makeFolder } from "../files/make-folder.js";

const isLink = (path: string): boolean => {
  try {
    if (lstatSync(path).isSymbolicLink()) return true;
  } catch {
    return false; // Nothing is there yet.
  }
  throw new RunError("abra-dir-blocked", `${path} is there and is not a link`, {
    hint: "A run's ABRA_DIR is made fresh: remove the folder, or choose another --run-id.",
  });
};

const unusable = (canonical: string, cause: unknown): RunError =>
  new RunError("abra-dir-unusable", `abra's folder ${canonical} cannot be used: ${messageOf(cause)}`, {
    hint: "Set ABRA_DIR to abra's own folder, usually ~/.abra, which this user may write to.",
    cause,
  });

const link = (target: string, path: string): void => {
  if (!isLink(path)) symlinkSync(target, path);
};

/**
 * The run's own ABRA_DIR: a recipes folder that nobody else checks out in, and links to what all runs share.
 *
 * Sharing servers is safe, because a domain's .env is written only under that domain's lock. Sharing the recipes tree is not:
 * one run's checkout once moved another's files away.
 */
export const makeAbraDir = (abraDir: string, canonical: string, server: string): void => {
  try {
    for (const folder of [join(canonical, "servers", server), join(canonical, "catalogue")]) makeFolder(folder);
  } catch (error) {
    throw hostTrouble(error) ?? unusable(canonical, error);
  }
  makeFolder(join(abraDir, "recipes"));
  link(join(canonical, "servers"), join(abraDir, "servers"));
  link(join(canonical, "catalogue"), join(abraDir, "catalogue"));
};
