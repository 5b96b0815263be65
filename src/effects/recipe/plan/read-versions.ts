import { RunError } from "../../../machines/errors.js";
import type { Version } from "../../../machines/plan.js";
import { refsNamed, type Repository } from "../refs-named.js";
import { compareVersions, parseVersion } from "./version-order.js";

/** A published version, which has a tag. */
export interface Published extends Version {
  readonly tag: string;
}

/** More than any recipe has published. Only the newest by date are read. */
const tagsMax = 2_000;
/** How many tags of tags are followed: each costs some calls of git, and hardly anybody makes one. */
const peeledMax = 20;
const limitMs = 60_000;

const tagFormat = "%(refname:strip=2) %(objecttype) %(objectname) %(*objecttype) %(*objectname)";

/**
 * An annotated tag is an object of its own, and says which commit it stands for. One that stands for a tag is asked
 * what that stands for; one for files alone is no version.
 */
const publishedIn = async (line: string, peel: (tag: string) => Promise<string | null>): Promise<readonly Published[]> => {
  const [tag = "", ...objects] = line.split(" ");
  if (parseVersion(tag) === null) return [];
  const commitAt = objects.indexOf("commit");
  if (commitAt !== -1) return [{ tag, commit: objects[commitAt + 1] ?? "" }];
  const commit = objects[2] === "tag" ? await peel(tag) : null;
  return commit === null ? [] : [{ tag, commit }];
};

const newestFirst = (one: Published, other: Published): number => {
  const [left, right] = [parseVersion(one.tag), parseVersion(other.tag)];
  return left === null || right === null ? 0 : compareVersions(right, left);
};

/** A tag's commit; null if the tag does not exist or does not lead to a commit. */
const commitOf = async (repository: Repository, tag: string, signal: AbortSignal): Promise<string | null> => {
  const [found] = await refsNamed(repository, [`refs/tags/${tag}`], signal);
  return found?.commit ?? null;
};

const tagsBy = async (repository: Repository, more: readonly string[], signal: AbortSignal): Promise<readonly Published[]> => {
  const { git, dir } = repository;
  const args = ["-C", dir, "for-each-ref", "--sort=-creatordate", `--count=${tagsMax}`, `--format=${tagFormat}`, ...more, "refs/tags"];
  const published: Published[] = [];
  let peeled = 0;
  const peel = async (tag: string): Promise<string | null> => {
    peeled += 1;
    return peeled > peeledMax ? null : commitOf(repository, tag, signal);
  };
  for (const line of (await git(args, { signal, limitMs })).split("\n")) published.push(...(await publishedIn(line, peel)));
  return published.toSorted(newestFirst);
};

/** Every published version from which the commit descends, or that it is, newest first; annotated and lightweight tags alike. */
export const versionsUpTo = (repository: Repository, commit: string, signal: AbortSignal): Promise<readonly Published[]> =>
  tagsBy(repository, [`--merged=${commit}`], signal);

/** Every published version of the repository, newest first. */
export const allVersions = (repository: Repository, signal: AbortSignal): Promise<readonly Published[]> => tagsBy(repository, [], signal);

/** The version that recipe.yml names as the base of an upgrade. Throws `upgrade-base-unknown`, exit code 2. */
export const namedVersion = async (repository: Repository, tag: string, signal: AbortSignal): Promise<Published> => {
  const commit = await commitOf(repository, tag, signal);
  if (commit !== null) return { tag, commit };
  throw new RunError("upgrade-base-unknown", `upgradeBase in recipe.yml names ${tag}, and the recipe has no such tag`, {
    hint: "Name one of the recipe's published versions: git tag. Without the key it is the newest before the ref.",
  });
};
