import { accessSync, constants, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { hostTrouble, RunError } from "../../machines/errors.js";
import { makeFolder } from "../files/make-folder.js";
import type { RunId } from "../../machines/vocabulary.js";

const attemptsMax = 10_000;

/** A full disk is the host's trouble, and not a wrong setting. */
const noSpace = (error: unknown): RunError | null => {
  const trouble = hostTrouble(error);
  return trouble?.code === "no-space" ? trouble : null;
};

const unusable = (dir: string, error: unknown, hint: string): RunError =>
  new RunError("runs-dir-unusable", `the runs folder ${dir} cannot be used: ${String((error as Error).message)}`, { hint, cause: error });

const runsDirUnusable = (dir: string, error: unknown): RunError =>
  noSpace(error) ?? unusable(dir, error, `Create it for this user (mkdir -p ${dir}), or set CCCI_RUNS_DIR.`);

/**
 * The names in the folder of all runs: none where no run has been yet. Throws `runs-dir-unusable`, exit code 2, where it cannot be read:
 * nothing must be said of runs that nobody could look at.
 */
export const namesInRunsDir = (runsDir: string): readonly string[] => {
  try {
    const names = readdirSync(runsDir);
    // A folder may be listed, and nothing in it be opened.
    accessSync(runsDir, constants.X_OK);
    return names;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw unusable(runsDir, error, "It must be a folder that this user may read: call recipe-ci as the user whose runs they are, or set CCCI_RUNS_DIR.");
  }
};

/** The folder of all runs. Throws `runs-dir-unusable`, exit code 2. */
export const makeRunsDir = (runsDir: string): void => {
  try {
    makeFolder(runsDir);
  } catch (error) {
    throw runsDirUnusable(runsDir, error);
  }
};

/**
 * Makes the run's own folder and returns it with the id that it got: `42`, or `42-2` where 42 ran before.
 *
 * mkdir is what decides between two that want the same one. Throws `runs-dir-unusable`, exit code 2.
 */
export const makeRunDir = (runsDir: string, wanted: string): { readonly runId: RunId; readonly runDir: string } => {
  makeRunsDir(runsDir);
  for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
    const runId = (attempt === 1 ? wanted : `${wanted}-${attempt}`) as RunId;
    try {
      const runDir = join(runsDir, runId);
      // What is in it may tell more than everybody on the host should read.
      mkdirSync(runDir, { mode: 0o700 });
      return { runId, runDir };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw runsDirUnusable(runsDir, error);
    }
  }
  throw runsDirUnusable(runsDir, new Error(`${attemptsMax} folders for ${wanted}`));
};
