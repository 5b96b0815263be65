import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { RunError } from "../../machines/errors.js";
import { isChildKilled } from "../children/foreign-end.js";
import { homeFolder } from "../files/home-folder.js";
import type { Git } from "./git.js";
import { removeFile } from "../files/remove.js";

/** The values of one key in the host's and the user's own settings. Not in the repository's, which are a stranger's. */
const settingsOf = async (git: Git, key: string, signal: AbortSignal): Promise<readonly string[]> => {
  const env = { GIT_CONFIG_NOSYSTEM: "0", GIT_CONFIG_GLOBAL: join(homeFolder() ?? "/", ".gitconfig") };
  const asked = ["--system", "--global"].map((scope) =>
    // git ends with 1 if nothing is set, and with 128 if there is no such file.
    git(["config", scope, "--get-all", "--null", key], { signal, env, answers: [1, 128] }).catch((error: unknown) => {
      signal.throwIfAborted();
      if (error instanceof RunError && !isChildKilled(error)) return "";
      throw error;
    }),
  );
  return (await Promise.all(asked)).flatMap((said) => said.split("\0")).filter((value) => value !== "");
};

/**
 * Does something to a repository of this host. If git refuses because of its owner, tries again with the user's
 * exceptions (`git config --global --add safe.directory PATH`). We read no other settings of the user.
 */
export const withExceptions = async <T>(git: Git, scratch: string, signal: AbortSignal, act: (git: Git) => Promise<T>): Promise<T> => {
  try {
    return await act(git);
  } catch (error) {
    if (!(error instanceof RunError) || error.code !== "foreign-repository") throw error;
    const exceptions = await settingsOf(git, "safe.directory", signal);
    if (exceptions.length === 0) throw error;
    // As a file: git keeps settings of the environment from the git that it starts in the other repository.
    writeFileSync(scratch, `[safe]\n${exceptions.map((path) => `\tdirectory = ${JSON.stringify(path)}\n`).join("")}`, { mode: 0o600 });
    try {
      return await act((args, ask = {}) => {
        const given = ask instanceof AbortSignal ? { signal: ask } : ask;
        return git(args, { ...given, env: { ...given.env, GIT_CONFIG_GLOBAL: scratch } });
      });
    } finally {
      removeFile(scratch);
    }
  }
};
