import { isRunError, RunError } from "../../machines/errors.js";
import type { Git } from "./git.js";
import { badRef } from "./source-failures.js";

/** A ref is a name, never an option, a pair of names or a search. */
const refForm = /^(?!-)(?!.*(?:\.\.|@\{))[^\p{Cc}\s:*?[\\]+$/u;
const refLengthMax = 512;

/** Throws `bad-ref`, exit code 2. */
export const assertRef = (ref: string): void => {
  if (!refForm.test(ref) || ref.length > refLengthMax) throw badRef(ref);
};

/** It names that object alone: whoever may push can call a branch so, and would have another commit tested than the one that was asked for. */
const objectId = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i;

const codeOf = (error: unknown): string => (isRunError(error) ? error.code : "");

/** A branch of the clone is a remote one; a tag or a commit is known by its own name; a PR's head may need fetching. */
export const resolveRef = async (git: Git, dir: string, ref: string, signal: AbortSignal): Promise<string> => {
  for (const candidate of objectId.test(ref) ? [ref] : [`refs/remotes/origin/${ref}`, `refs/tags/${ref}`, ref]) {
    try {
      return await git(["-C", dir, "rev-parse", "--verify", "--quiet", "--end-of-options", `${candidate}^{commit}`], { signal, answers: [1, 128] });
    } catch (error) {
      // Quiet, git says nothing of a name that it does not know, and ends with 1.
      if (codeOf(error) !== "git-failed") throw error;
    }
  }
  if (ref === "HEAD") throw new RunError("empty-repository", "the recipe's repository has no commit, or none on its main branch", { hint: "Commit something, or give --ref: HEAD names the main branch." });
  try {
    await git(["-C", dir, "fetch", "--quiet", "--no-recurse-submodules", "origin", "--", ref], { signal, remote: true });
    return await git(["-C", dir, "rev-parse", "--verify", "FETCH_HEAD^{commit}"], signal);
  } catch (error) {
    if (["unknown-ref", "unknown-repository", "git-failed"].includes(codeOf(error))) throw badRef(ref, error);
    throw error;
  }
};
