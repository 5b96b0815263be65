import { chmod, cp } from "node:fs/promises";
import { existsSync } from "node:fs";
import { hostTrouble, messageOf, RunError } from "../../machines/errors.js";
import { walkTree } from "./walk-tree.js";

const unusable = (from: string, error: unknown): RunError =>
  hostTrouble(error) ??
  new RunError("operator-folder-unusable", `the operator's folder ${from} could not be copied: ${messageOf(error)}`, {
    hint: "It may hold files, folders and links to such; this user must be able to read them.",
    cause: error,
  });

/**
 * Copies the operator's folder for a recipe for this run, with the targets of its links: the folder is trusted, but may
 * change or vanish at any moment. Does nothing if there is none. Throws `operator-folder-unusable`, exit code 2.
 */
export const copyOperatorFolder = async (from: string, to: string): Promise<void> => {
  if (!existsSync(from)) return;
  try {
    await cp(from, to, { recursive: true, dereference: true });
    await chmod(to, 0o700);
    for await (const { full, stats } of walkTree(Buffer.from(to))) await chmod(full, stats.mode & 0o700);
  } catch (error) {
    throw unusable(from, error);
  }
};
