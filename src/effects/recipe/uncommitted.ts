import { RunError } from "../../machines/errors.js";
import type { Git } from "./git.js";

/** A FIFO among its files can make git wait; it is only a note that is at stake. */
const limitMs = 10_000;

/**
 * Whether a repository has changes that a clone will not have. The repository's own filters are not run for it: which
 * there are is asked first, and each is switched off by its name. Rejects with `foreign-repository` where git refuses.
 */
const uncommittedChanges = async (git: Git, source: string, signal: AbortSignal): Promise<"none" | "some" | "unknown"> => {
  try {
    const filters = await git(["-C", source, "config", "--name-only", "-z", "--get-regexp", String.raw`^filter\..*\.(clean|smudge|process|required)$`], { signal, limitMs, answers: [1] }).catch(
      (error: unknown) => {
        // It ends with 1 where there are none.
        if (error instanceof RunError && error.code === "git-failed") return "";
        throw error;
      },
    );
    const settings = filters.split("\0").flatMap((key) => (key === "" ? [] : [[key, key.endsWith(".required") ? "false" : ""] as const]));
    const status = await git(["-C", source, "status", "--porcelain", "--ignore-submodules=all"], { signal, limitMs, settings });
    return status === "" ? "none" : "some";
  } catch (error) {
    if (error instanceof RunError && error.code === "foreign-repository") throw error;
    signal.throwIfAborted();
    return "unknown";
  }
};

const unknown = (source: string): string => `${source} could not be searched for uncommitted changes: only what is committed is tested`;

/** Says of what is not committed that it is not tested. Rejects with `foreign-repository` where git refuses. */
export const noteUncommitted = async (git: Git, source: string, note: (line: string) => void, signal: AbortSignal): Promise<void> => {
  const changes = await uncommittedChanges(git, source, signal);
  if (changes === "some") note(`${source} has uncommitted changes: they are NOT tested, only what is committed`);
  if (changes === "unknown") note(unknown(source));
};

/** The same of a repository whose owner does not matter, for it is copied and not read by git. */
export const noteUncopied = async (git: Git, source: string, note: (line: string) => void, signal: AbortSignal): Promise<void> => {
  try {
    await noteUncommitted(git, source, note, signal);
  } catch (error) {
    if (!(error instanceof RunError) || error.code !== "foreign-repository") throw error;
    note(unknown(source));
  }
};
