import { isCardText } from "../../effects/lock/card.js";

export type Env = Readonly<Record<string, string | undefined>>;

/** The first of the variables that is set. An empty one counts as unset: CI sets parameters that nobody gave to the empty string. */
export const given = (env: Env, ...names: readonly string[]): string | null => {
  for (const name of names) {
    const value = env[name];
    if (value !== undefined && value !== "") return value;
  }
  return null;
};

/** The number of this build, in whichever CI. */
export const buildNumber = (env: Env): string | null =>
  given(env, "DRONE_BUILD_NUMBER", "CI_PIPELINE_NUMBER", "CI_JOB_ID", "GITHUB_RUN_ID", "BUILDKITE_BUILD_NUMBER");

const githubLink = (env: Env): string | null => {
  const [server, repository, id] = [given(env, "GITHUB_SERVER_URL"), given(env, "GITHUB_REPOSITORY"), given(env, "GITHUB_RUN_ID")];
  return server !== null && repository !== null && id !== null ? `${server}/${repository}/actions/runs/${id}` : null;
};

/**
 * The page of this build, for people who wait behind it. null if there is none or it is too long for a lock's card: thousands
 * of characters would make the whole card unreadable, and by the card a killed run's remains are found.
 */
export const buildLink = (env: Env): string | null => {
  const link = given(env, "DRONE_BUILD_LINK", "CI_PIPELINE_URL", "CI_JOB_URL", "BUILDKITE_BUILD_URL") ?? githubLink(env);
  return link !== null && isCardText(link) ? link : null;
};
