import { refsNamed, type Named, type Repository } from "./refs-named.js";

/**
 * `clone`: the repository's branches are under origin, and the rest can be fetched. `copy`: everything is as it was, and nothing can be
 * fetched.
 */
export type Origin = "clone" | "copy";

const branches = "refs/heads/";
const tags = "refs/tags/";

/** The full names that a ref may be short for. A full name means only itself. */
export const namesFor = (ref: string): readonly string[] =>
  ref.startsWith("refs/") ? [ref] : [branches, tags, "refs/", "refs/remotes/"].map((folder) => folder + ref);

/** The name in a clone for a name in the repository; null if a clone does not have it. */
export const inClone = (name: string): string | null =>
  name.startsWith(branches) ? `refs/remotes/origin/${name.slice(branches.length)}` : name.startsWith(tags) ? name : null;

export const inClones = async (repository: Repository, ref: string, signal: AbortSignal): Promise<readonly Named[]> => {
  const names = new Map<string, string>();
  for (const name of namesFor(ref)) {
    const here = inClone(name);
    if (here !== null) names.set(here, name);
  }
  if (names.size === 0) return [];
  const found = await refsNamed(repository, [...names.keys()], signal);
  return found.map((one) => ({ ...one, name: names.get(one.name) ?? one.name }));
};

/** In a copy, a branch that was only fetched is under its origin. The copy's own branch takes precedence, because that was staged. */
export const inCopies = async (repository: Repository, ref: string, signal: AbortSignal): Promise<readonly Named[]> => {
  const names = namesFor(ref);
  const fetched = `refs/remotes/origin/${ref}`;
  const found = await refsNamed(repository, names.length === 1 ? names : [...names, fetched], signal);
  return found.some(({ name }) => name === branches + ref) ? found.filter(({ name }) => name !== fetched) : found;
};
