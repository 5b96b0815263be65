import { accessSync, constants, lstatSync, mkdirSync, opendirSync, readdirSync, statSync, type Stats } from "node:fs";
import { join } from "node:path";
import { hostTrouble, isRunError, RunError } from "../../machines/errors.js";
import { makeFolder } from "../files/make-folder.js";
import type { RunId } from "../../machines/vocabulary.js";
import { codeOf } from "../files/error-code.js";

const attemptsMax = 10_000;

/** The error for a full disk, which is the host's trouble and not a wrong setting; null for others. */
const noSpace = (error: unknown): RunError | null => {
  const trouble = hostTrouble(error);
  return trouble?.code === "no-space" ? trouble : null;
};

const unusable = (dir: string, error: unknown, hint: string): RunError =>
  new RunError("runs-dir-unusable", `the runs folder ${dir} cannot be used: ${String((error as Error).message)}`, { hint, cause: error });

const runsDirUnusable = (dir: string, error: unknown): RunError =>
  noSpace(error) ?? unusable(dir, error, `Create it for this user (mkdir -p ${dir}), or set CCCI_RUNS_DIR.`);

/** What `look` finds in the folder of all runs; `none` if there has been no run yet. */
const lookInto = <T>(runsDir: string, look: () => T, none: T): T => {
  try {
    const seen = look();
    // A folder may be listable although nothing in it can be opened.
    accessSync(runsDir, constants.X_OK);
    return seen;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return none;
    throw unusable(
      runsDir,
      error,
      "It must be a folder that this user may read: call recipe-ci as the user whose runs they are, or set CCCI_RUNS_DIR.",
    );
  }
};

/**
 * The names in the folder of all runs; none if there has been no run yet. Throws `runs-dir-unusable`, exit code 2, if it cannot be read.
 */
export const namesInRunsDir = (runsDir: string): readonly string[] => lookInto(runsDir, () => readdirSync(runsDir), []);

/** For commands that report runs, which must not report on runs that they cannot read. Throws `runs-dir-unusable`, exit code 2. */
export const assertRunsDirReadable = (runsDir: string): void => lookInto(runsDir, () => opendirSync(runsDir).closeSync(), undefined);

const assertOurs = (dir: string, { uid, mode }: Stats): void => {
  const why =
    uid !== 0 && uid !== process.geteuid?.()
      ? `${dir} belongs to another user, ${uid}`
      : (mode & 0o002) !== 0
        ? `anybody may write to ${dir}`
        : null;
  if (why === null) return;
  throw new RunError("runs-dir-unusable", `the runs folder cannot be used: ${why}, and could forge what runs write there`, {
    hint: `Give it to this user alone (chown ${process.geteuid?.() ?? ""} ${dir}; chmod go-w ${dir}), or set CCCI_RUNS_DIR.`,
  });
};

/**
 * Checks that nobody else may write to the runs folder or to the apps' records in it: they could redirect our writes by
 * a link, and make the janitor take any app for a run's. Throws `runs-dir-unusable` (exit code 2), or the system's
 * error if there is no such folder.
 */
export const assertOwnRunsDir = (runsDir: string): void => {
  assertOurs(runsDir, statSync(runsDir));
  const apps = join(runsDir, "apps");
  const found = lstatSync(apps, { throwIfNoEntry: false });
  // A link's mode says nothing, and its target is not checked.
  if (found !== undefined && !found.isSymbolicLink()) assertOurs(apps, found);
  else if (found !== undefined) throw runsDirUnusable(runsDir, new Error(`${apps} is a symlink`));
};

/** Creates the folder of all runs, to which nobody else may write. Throws `runs-dir-unusable`, exit code 2. */
export const makeRunsDir = (runsDir: string): void => {
  try {
    makeFolder(runsDir);
    assertOwnRunsDir(runsDir);
  } catch (error) {
    throw isRunError(error) ? error : runsDirUnusable(runsDir, error);
  }
};

/**
 * Creates the run's own folder and returns it with the id that it got: `42`, or `42-2` if 42 ran before.
 *
 * mkdir decides between two that want the same one. Throws `runs-dir-unusable`, exit code 2.
 */
export const makeRunDir = (runsDir: string, wanted: string): { readonly runId: RunId; readonly runDir: string } => {
  makeRunsDir(runsDir);
  for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
    const runId = (attempt === 1 ? wanted : `${wanted}-${attempt}`) as RunId;
    try {
      const runDir = join(runsDir, runId);
      // It may contain more than everybody on the host should read.
      mkdirSync(runDir, { mode: 0o700 });
      return { runId, runDir };
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw runsDirUnusable(runsDir, error);
    }
  }
  throw runsDirUnusable(runsDir, new Error(`${attemptsMax} folders for ${wanted}`));
};
