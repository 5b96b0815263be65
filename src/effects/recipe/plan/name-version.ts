import { failureFrom, isRunError, RunError } from "../../../machines/errors.js";
import type { Version } from "../../../machines/plan.js";
import type { App } from "../../../machines/vocabulary.js";
import { versionName } from "./plan-lines.js";

/**
 * Does something with the files of one version. If files of another version than the one under test fail, the failure
 * names that version, because names and lines look the same.
 */
export const namingVersion = async <T>({ commit }: App, version: Version, act: () => Promise<T>): Promise<T> => {
  try {
    return await act();
  } catch (error) {
    if (version.commit === commit || !isRunError(error) || (error.exitCode !== 1 && error.exitCode !== 2)) throw error;
    throw new RunError(failureFrom(error), `the version ${versionName(version)}, which the upgrade begins with: ${error.message}`, {
      hint: `${error.hint.replace(/\.$/, "")}; but what is published stays as it is: name another version to begin with, by upgradeBase in recipe.yml, or leave the upgrade out, by stages there or --stages.`,
      details: error.details,
      cause: error,
    });
  }
};
