import { RunError } from "../../machines/errors.js";
import type { Git } from "./git.js";

/** A FIFO among its files can make git wait, and this is only for a note. ms */
const limitMs = 10_000;

/**
 * The changes in a repository that a clone will not have. Does not run the repository's own filters: asks first which
 * there are, and switches each off by name. Rejects with `foreign-repository` if git refuses.
 */
const uncommittedChanges = async (git: Git, source: string, signal: AbortSignal): Promise<"none" | "some" | "unknown"> => {
  try {
    const filters = await git(
      ["-C", source, "config", "--name-only", "-z", "--get-regexp", String.raw`^filter\..*\.(clean|smudge|process|required)$`],
      { signal, limitMs, answers: [1] },
    ).catch((error: unknown) => {
      // git ends with 1 if there are none.
      if (error instanceof RunError && error.code === "git-failed") return "";
      throw error;
    });
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

/** Notes that uncommitted changes are not tested. Rejects with `foreign-repository` if git refuses. */
export const noteUncommitted = async (git: Git, source: string, note: (line: string) => void, signal: AbortSignal): Promise<void> => {
  const changes = await uncommittedChanges(git, source, signal);
  if (changes === "some") note(`${source} has uncommitted changes: they are NOT tested, only what is committed`);
  if (changes === "unknown") note(unknown(source));
};

/** The same for a repository whose owner does not matter, because it is copied and not read by git. */
export const noteUncopied = async (git: Git, source: string, note: (line: string) => void, signal: AbortSignal): Promise<void> => {
  try {
    await noteUncommitted(git, source, note, signal);
  } catch (error) {
    if (!(error instanceof RunError) || error.code !== "foreign-repository") throw error;
    note(unknown(source));
  }
};
