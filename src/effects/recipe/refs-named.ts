import { isRunError } from "../../machines/errors.js";
import type { Git } from "./git.js";

/** Something in a repository that a name stands for. */
export interface Named {
  /** `refs/heads/main`; of a commit that was named by itself, its id. */
  readonly name: string;
  /** Null: it stands for something else. */
  readonly commit: string | null;
  /** What git calls it: commit, tree or blob. */
  readonly kind: string;
}

/** More have the same four digits only where there are millions. */
const objectsMax = 1_000;

/** What git prints, or null where it knows no such thing: quiet, it says nothing of that and ends with 1. */
const known = async (git: Git, dir: string, expression: string, signal: AbortSignal): Promise<string | null> => {
  try {
    return await git(["-C", dir, "rev-parse", "--verify", "--quiet", "--end-of-options", expression], { signal, answers: [1] });
  } catch (error) {
    if (isRunError(error) && error.code === "git-failed") return null;
    throw error;
  }
};

/** Where an object leads to by way of the tags that it may be. Rejects with `broken-repository` where that is not there. */
const ledTo = async (git: Git, dir: string, name: string, object: string, signal: AbortSignal): Promise<Named> => {
  const commit = await known(git, dir, `${object}^{commit}`, signal);
  return { name, commit, kind: commit === null ? await git(["-C", dir, "cat-file", "-t", `${object}^{}`], signal) : "commit" };
};

/** What HEAD, or FETCH_HEAD, stands for; null where it names a branch without a commit. */
export const headOf = async (git: Git, dir: string, head: "HEAD" | "FETCH_HEAD", signal: AbortSignal): Promise<Named | null> => {
  const object = await known(git, dir, head, signal);
  return object === null ? null : ledTo(git, dir, head, object, signal);
};

const listing = "%(refname) %(objecttype) %(objectname) %(symref)";

/**
 * What stands under these very names: none is read as an expression, and none is tried in other places, as `git rev-parse`
 * would. A name that only stands for another, such as a clone's `origin/HEAD`, is none of the repository's own.
 */
export const refsNamed = async (git: Git, dir: string, names: readonly string[], signal: AbortSignal): Promise<readonly Named[]> => {
  const lines = (await git(["-C", dir, "for-each-ref", `--format=${listing}`, "--", ...names], signal)).split("\n");
  const found: Named[] = [];
  for (const line of lines) {
    const [name = "", kind = "", object = "", leadsTo = ""] = line.split(" ");
    // git also lists what lies below a name, as below a folder.
    if (!names.includes(name) || leadsTo !== "") continue;
    found.push(kind === "commit" ? { name, commit: object, kind } : await ledTo(git, dir, name, object, signal));
  }
  return found;
};

/** The objects that this may be the id, or the beginning of the id, of; where there are several, only the commits and what leads to one. */
export const objectsFrom = async (git: Git, dir: string, digits: string, signal: AbortSignal): Promise<readonly Named[]> => {
  const [first = "", ...others] = (await git(["-C", dir, "rev-parse", `--disambiguate=${digits}`], signal)).split("\n");
  if (first === "") return [];
  if (others.length === 0) return [await ledTo(git, dir, first, first, signal)];
  const commits = await git(["-C", dir, "rev-list", "--no-walk=unsorted", first, ...others.slice(0, objectsMax), "--"], signal);
  return commits.split("\n").flatMap((commit) => (commit === "" ? [] : [{ name: commit, commit, kind: "commit" }]));
};
