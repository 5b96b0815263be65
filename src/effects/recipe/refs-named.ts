import { isRunError } from "../../machines/errors.js";
import type { Git } from "./git.js";

/** A folder with a repository, and the git to ask about it. */
export interface Repository {
  readonly git: Git;
  readonly dir: string;
}

/** An object in a repository and the name for it. */
export interface Named {
  /** `refs/heads/main`, or a commit's id if that was the name. */
  readonly name: string;
  /** Null: it does not lead to a commit. */
  readonly commit: string | null;
  /** git's word for it: commit, tree or blob. */
  readonly kind: string;
}

/** More have the same four digits only where there are millions. */
const objectsMax = 1_000;

/** What git prints; null if it knows no such object, in which case it prints nothing and ends with 1. */
const known = async ({ git, dir }: Repository, expression: string, signal: AbortSignal): Promise<string | null> => {
  try {
    return await git(["-C", dir, "rev-parse", "--verify", "--quiet", "--end-of-options", expression], { signal, answers: [1] });
  } catch (error) {
    if (isRunError(error) && error.code === "git-failed") return null;
    throw error;
  }
};

/** The object to which a chain of tags leads. Rejects with `broken-repository` if it is missing. */
const ledTo = async (repository: Repository, name: string, object: string, signal: AbortSignal): Promise<Named> => {
  const { git, dir } = repository;
  const commit = await known(repository, `${object}^{commit}`, signal);
  return { name, commit, kind: commit === null ? await git(["-C", dir, "cat-file", "-t", `${object}^{}`], signal) : "commit" };
};

/** The object of HEAD or FETCH_HEAD; null if it names a branch without a commit. */
export const headOf = async (repository: Repository, head: "HEAD" | "FETCH_HEAD", signal: AbortSignal): Promise<Named | null> => {
  const object = await known(repository, head, signal);
  return object === null ? null : ledTo(repository, head, object, signal);
};

const listing = "%(refname) %(objecttype) %(objectname) %(symref)";

/**
 * The objects with exactly these names: unlike `git rev-parse`, this reads none as an expression and tries none in
 * other places. A name that only points to another, such as a clone's `origin/HEAD`, does not count.
 */
export const refsNamed = async (repository: Repository, names: readonly string[], signal: AbortSignal): Promise<readonly Named[]> => {
  const { git, dir } = repository;
  const lines = (await git(["-C", dir, "for-each-ref", `--format=${listing}`, "--", ...names], signal)).split("\n");
  const found: Named[] = [];
  for (const line of lines) {
    const [name = "", kind = "", object = "", leadsTo = ""] = line.split(" ");
    // git also lists names below a name, as in a folder.
    if (!names.includes(name) || leadsTo !== "") continue;
    found.push(kind === "commit" ? { name, commit: object, kind } : await ledTo(repository, name, object, signal));
  }
  return found;
};

/** The objects that this may be the id, or the beginning of the id, of; where there are several, only the commits and what leads to one. */
export const objectsFrom = async (repository: Repository, digits: string, signal: AbortSignal): Promise<readonly Named[]> => {
  const { git, dir } = repository;
  const [first = "", ...others] = (await git(["-C", dir, "rev-parse", `--disambiguate=${digits}`], signal)).split("\n");
  if (first === "") return [];
  if (others.length === 0) return [await ledTo(repository, first, first, signal)];
  const commits = await git(["-C", dir, "rev-list", "--no-walk=unsorted", first, ...others.slice(0, objectsMax), "--"], signal);
  return commits.split("\n").flatMap((commit) => (commit === "" ? [] : [{ name: commit, commit, kind: "commit" }]));
};
