export interface Build {
  readonly number: number;
  readonly event: "push" | "pull_request" | "custom";
  readonly pullRequest?: number;
  readonly commit: string;
}

const host = "drone.test";
const slug = "ops/recipe-ci";

/**
 * The environment of a step. It inherits only PATH and USER from the host; the build's own variables are added. There is no LANG, no
 * XDG_RUNTIME_DIR and no SSH agent.
 */
export const stepEnvironment = (
  build: Build,
  folders: { readonly home: string; readonly workspace: string },
  settings: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> => ({
  PATH: process.env["PATH"] ?? "/usr/bin:/bin",
  USER: process.env["USER"] ?? "root",
  HOME: folders.home,
  CI: "true",
  DRONE: "true",
  CI_BUILD_NUMBER: String(build.number),
  DRONE_BUILD_NUMBER: String(build.number),
  DRONE_BUILD_EVENT: build.event,
  DRONE_BUILD_STATUS: "success",
  DRONE_BUILD_LINK: `https://${host}/${slug}/${build.number}`,
  DRONE_COMMIT: build.commit,
  DRONE_COMMIT_SHA: build.commit,
  DRONE_COMMIT_REF: build.pullRequest === undefined ? "refs/heads/main" : `refs/pull/${build.pullRequest}/head`,
  DRONE_COMMIT_BRANCH: "main",
  ...(build.pullRequest === undefined ? {} : { DRONE_PULL_REQUEST: String(build.pullRequest) }),
  DRONE_REPO: slug,
  DRONE_REPO_NAME: "recipe-ci",
  DRONE_REPO_NAMESPACE: "ops",
  DRONE_STAGE_NAME: "recipe-ci",
  DRONE_STAGE_NUMBER: "1",
  DRONE_STEP_NAME: "recipe",
  DRONE_STEP_NUMBER: "1",
  DRONE_SYSTEM_HOST: host,
  DRONE_SYSTEM_PROTO: "https",
  DRONE_WORKSPACE: folders.workspace,
  GIT_AUTHOR_NAME: "someone",
  GIT_AUTHOR_EMAIL: "someone@example.com",
  ...settings,
});
