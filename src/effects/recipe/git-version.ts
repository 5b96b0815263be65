import { RunError } from "../../machines/errors.js";
import type { Git } from "./git.js";

/** The first version with all our guards: GIT_CONFIG_GLOBAL came with 2.32, and an older git would silently use the user's settings. */
const leastGit = [2, 32] as const;

export const installGit = `Install git ${leastGit.join(".")} or newer.`;

/** Whether git is new enough, by what `git --version` prints; false if it prints no version. */
export const isGitEnough = (said: string): boolean => {
  const [, major = 0, minor = 0] = (/^git version (\d+)\.(\d+)/.exec(said) ?? []).map(Number);
  return major > leastGit[0] || (major === leastGit[0] && minor >= leastGit[1]);
};

/** Throws `git-too-old`, exit code 69. */
export const assertGit = async (git: Git, signal: AbortSignal): Promise<void> => {
  const said = await git(["--version"], { signal });
  if (!isGitEnough(said)) throw new RunError("git-too-old", `${said} is too old`, { hint: installGit });
};
