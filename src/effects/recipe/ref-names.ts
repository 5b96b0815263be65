import type { Git } from "./git.js";
import { refsNamed, type Named } from "./refs-named.js";

/** `clone`: the repository's branches stand under origin, and what else it has can be fetched. `copy`: all is as it was, and no more can be had. */
export type Origin = "clone" | "copy";

const branches = "refs/heads/";
const tags = "refs/tags/";

/** The names that a ref may be short for. Written out, it means that one alone. */
export const namesFor = (ref: string): readonly string[] => (ref.startsWith("refs/") ? [ref] : [branches, tags, "refs/", "refs/remotes/"].map((folder) => folder + ref));

/** What a name of the repository is called in a clone of it; null where a clone lacks it. */
export const inClone = (name: string): string | null => (name.startsWith(branches) ? `refs/remotes/origin/${name.slice(branches.length)}` : name.startsWith(tags) ? name : null);

export const inClones = async (git: Git, dir: string, ref: string, signal: AbortSignal): Promise<readonly Named[]> => {
  const names = new Map<string, string>();
  for (const name of namesFor(ref)) {
    const here = inClone(name);
    if (here !== null) names.set(here, name);
  }
  if (names.size === 0) return [];
  const found = await refsNamed(git, dir, [...names.keys()], signal);
  return found.map((one) => ({ ...one, name: names.get(one.name) ?? one.name }));
};

/** A branch that was only fetched stands under its origin; a copy's own comes before it, for that is what was staged. */
export const inCopies = async (git: Git, dir: string, ref: string, signal: AbortSignal): Promise<readonly Named[]> => {
  const names = namesFor(ref);
  const fetched = `refs/remotes/origin/${ref}`;
  const found = await refsNamed(git, dir, names.length === 1 ? names : [...names, fetched], signal);
  return found.some(({ name }) => name === branches + ref) ? found.filter(({ name }) => name !== fetched) : found;
};
