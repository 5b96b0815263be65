import { isCardText } from "../../effects/lock/card.js";

export type Env = Readonly<Record<string, string | undefined>>;

/** An empty variable counts as unset: CI sets parameters that nobody gave to nothing. */
export const given = (env: Env, ...names: readonly string[]): string | null => {
  for (const name of names) {
    const value = env[name];
    if (value !== undefined && value !== "") return value;
  }
  return null;
};

/** The CI's number of this build, whichever CI it is. */
export const buildNumber = (env: Env): string | null =>
  given(env, "DRONE_BUILD_NUMBER", "CI_PIPELINE_NUMBER", "CI_JOB_ID", "GITHUB_RUN_ID", "BUILDKITE_BUILD_NUMBER");

const githubLink = (env: Env): string | null => {
  const [server, repository, id] = [given(env, "GITHUB_SERVER_URL"), given(env, "GITHUB_REPOSITORY"), given(env, "GITHUB_RUN_ID")];
  return server !== null && repository !== null && id !== null ? `${server}/${repository}/actions/runs/${id}` : null;
};

/**
 * The page of this build, for people who wait behind it; null where there is none, or none that a lock's card takes: one of thousands of
 * characters makes the whole card unreadable, by which a killed run's remains are found.
 */
export const buildLink = (env: Env): string | null => {
  const link = given(env, "DRONE_BUILD_LINK", "CI_PIPELINE_URL", "CI_JOB_URL", "BUILDKITE_BUILD_URL") ?? githubLink(env);
  return link !== null && isCardText(link) ? link : null;
};
