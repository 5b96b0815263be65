import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryBytesMax } from "./recipe-tree.js";
import { headOf, type Named, type Repository } from "./refs-named.js";

/**
 * git's note on what it fetched: the object, and the name in the repository. Before the name of a branch or a tag it says that it is one.
 */
const noteForm = /^[0-9a-f]+\t(?:not-for-merge)?\t(remote-tracking branch )?'([^\t\n]+)' of /;

/** The full name of what was fetched; null for a branch or a tag. */
const nameIn = (note: string): string | null => {
  const [, tracking, name] = noteForm.exec(note) ?? [];
  return name === undefined ? null : tracking === undefined ? name : `refs/remotes/${name}`;
};

/**
 * Fetches into a clone what its source has under one of these names, except branches and tags, which a clone has
 * already. git also tries other names than it was given; what it finds under those is ignored. Rejects with
 * `unknown-ref`.
 */
export const fetchRef = async (
  repository: Repository,
  ref: string,
  names: readonly string[],
  signal: AbortSignal,
): Promise<readonly Named[]> => {
  const { git, dir } = repository;
  await git(["-C", dir, "fetch", "--quiet", "--no-recurse-submodules", "origin", "--", ref], {
    signal,
    remote: true,
    packBytesMax: repositoryBytesMax,
  });
  const name = nameIn(readFileSync(join(dir, ".git", "FETCH_HEAD"), "utf8"));
  if (name === null || !names.includes(name)) return [];
  const found = await headOf(repository, "FETCH_HEAD", signal);
  return found === null ? [] : [{ ...found, name }];
};
