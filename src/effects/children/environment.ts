import type { Cookie, Domain } from "../../machines/vocabulary.js";
import { gitGuards, gitSettings, gitVariables } from "./git-guards.js";

interface ChildIdentity {
  readonly cookie: Cookie;
  readonly runId: string;
  readonly runDir: string;
  readonly abraDir: string;
  readonly domain?: Domain;
  /** The lock file of the app that is worked on: it identifies a dead run's survivors if no record is left. */
  readonly lockFile?: string;
  readonly url?: string;
}

/** The variables of our environment that children get and that name a place on this host. */
export const keptPlaces = [
  "HOME",
  "TMPDIR",
  "DOCKER_CONFIG",
  "DOCKER_CERT_PATH",
  "SSH_AUTH_SOCK",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "GIT_SSL_CAINFO",
  "CURL_CA_BUNDLE",
  "NODE_EXTRA_CA_CERTS",
] as const;

/** The only variables of our environment that children get. Others, such as a CI's, may be secrets. */
const kept = [
  "PATH",
  "USER",
  "DOCKER_HOST",
  "DOCKER_CONTEXT",
  "DOCKER_TLS_VERIFY",
  "RECIPE_CI_SANDBOX",
  "CCCI_DOCKER",
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "NO_PROXY",
  "http_proxy",
  "https_proxy",
  "no_proxy",
  "ALL_PROXY",
  "all_proxy",
  ...keptPlaces,
] as const;

/** Makes programs speak English and never prompt: abra translates even its verbs, and git would ask for a password. */
const quiet = {
  LANG: "C",
  LC_ALL: "C",
  ABRA_LANG: "en",
  // Keeps abra's table printer from asking a terminal for its width.
  ABRA_CI: "1",
  NO_COLOR: "1",
  TERM: "dumb",
  ...gitVariables,
} as const;

/** The parts of our own environment that children get. */
export const keptEnvironment = (env: NodeJS.ProcessEnv): Record<string, string> =>
  Object.fromEntries(kept.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));

/** The environment of a child: built, not inherited. It contains the cookie, which is never in our own environment. */
export const childEnvironment = (identity: ChildIdentity, env: NodeJS.ProcessEnv = process.env): Record<string, string> => ({
  ...keptEnvironment(env),
  ...quiet,
  ...gitSettings(gitGuards),
  ABRA_DIR: identity.abraDir,
  CCCI_RUN_COOKIE: identity.cookie,
  CCCI_RUN_ID: identity.runId,
  CCCI_RUN_DIR: identity.runDir,
  ...(identity.domain === undefined ? {} : { CCCI_APP_DOMAIN: identity.domain }),
  ...(identity.lockFile === undefined ? {} : { CCCI_APP_LOCK: identity.lockFile }),
  ...(identity.url === undefined ? {} : { CCCI_BASE_URL: identity.url }),
});
