import { isRunError, RunError } from "../../machines/errors.js";
import { fetchRef } from "./fetch-ref.js";
import { headOf, objectsFrom, type Named, type Repository } from "./refs-named.js";
import { inClone, inClones, inCopies, namesFor, type Origin } from "./ref-names.js";
import { ambiguousRef, badRef, noCommit } from "./source-failures.js";

/** The form of a ref: a name, and not an option, a range, a search or a path from another (`main~1`). */
const refForm = /^(?!-)(?!.*(?:\.\.|@\{))[^\p{Cc}\s:*?[\\~^]+$/u;
const refLengthMax = 512;

/** Throws `bad-ref`, exit code 2. */
export const assertRef = (ref: string): void => {
  if (!refForm.test(ref) || ref.length > refLengthMax) throw badRef(ref);
};

/** A full id means only that object. Otherwise, whoever may push could give a branch that name and have another commit tested. */
const fullId = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i;
/** A short id. git itself prints no fewer digits, and a tag may be called 2024. */
const shortId = /^[0-9a-f]{7,64}$/i;
const shortestId = /^[0-9a-f]{4,6}$/i;

const inRepository = async (repository: Repository, ref: string, from: Origin, signal: AbortSignal): Promise<readonly Named[]> => {
  if (fullId.test(ref)) return objectsFrom(repository, ref, signal);
  const found = await (from === "clone" ? inClones : inCopies)(repository, ref, signal);
  return shortId.test(ref) || (found.length === 0 && shortestId.test(ref))
    ? [...found, ...(await objectsFrom(repository, ref, signal))]
    : found;
};

/** Finds a ref at the source: a pull request's head is not a branch, so a clone does not have it. */
const atSource = async (repository: Repository, ref: string, signal: AbortSignal): Promise<readonly Named[]> => {
  try {
    const fetched = await fetchRef(repository, ref, namesFor(ref), signal);
    return fullId.test(ref) ? await objectsFrom(repository, ref, signal) : fetched;
  } catch (error) {
    if (isRunError(error) && error.code === "unknown-ref") throw badRef(ref, error);
    throw error;
  }
};

/** The single commit of all of them; null if there are none. Throws `bad-ref` and `ambiguous-ref`. */
const commitOf = (ref: string, found: readonly Named[]): string | null => {
  const commits = new Set(found.flatMap(({ commit }) => commit ?? []));
  const [commit, another] = commits;
  if (another !== undefined) throw ambiguousRef(ref, found);
  if (commit !== undefined) return commit;
  const [only] = found;
  if (only !== undefined) throw noCommit(ref, only);
  return null;
};

const resolveHead = async (repository: Repository, signal: AbortSignal): Promise<string> => {
  const head = await headOf(repository, "HEAD", signal);
  if (head !== null) return head.commit ?? Promise.reject(noCommit("HEAD", head));
  throw new RunError("empty-repository", "the recipe's repository has no commit, or none on its main branch", {
    hint: "Commit something, or give --ref: HEAD names the main branch.",
  });
};

/**
 * The full commit of a branch, a tag or a short id. If a branch and a tag have the same name, or a commit's id begins
 * with it too, they must all be one commit; otherwise throws `ambiguous-ref`.
 */
export const resolveRef = async (repository: Repository, ref: string, from: Origin, signal: AbortSignal): Promise<string> => {
  if (ref === "HEAD") return resolveHead(repository, signal);
  const here = commitOf(ref, await inRepository(repository, ref, from, signal));
  if (here !== null) return here;
  // A copy has no source: git would take a folder `origin` in the recipe for one.
  const there = from === "copy" || inClone(ref) !== null ? null : commitOf(ref, await atSource(repository, ref, signal));
  if (there === null) throw badRef(ref);
  return there;
};
