import { expect, test } from "vitest";
import { childEnvironment } from "../../../src/effects/children/environment.js";
import type { Cookie, Domain } from "../../../src/machines/vocabulary.js";

const identity = { cookie: "c00kie" as Cookie, runId: "269", runDir: "/runs/269", abraDir: "/runs/269/abra" };

test("a child gets the variables that it cannot do without, and none of the CI's own", () => {
  const ours = {
    PATH: "/bin",
    HOME: "/root",
    DOCKER_HOST: "unix:///d.sock",
    HTTPS_PROXY: "http://p",
    DRONE_TOKEN: "secret",
    GITEA_TOKEN: "secret",
    USER: "",
  };
  const env = childEnvironment(identity, ours);
  expect(env).toMatchObject({ PATH: "/bin", HOME: "/root", DOCKER_HOST: "unix:///d.sock", HTTPS_PROXY: "http://p" });
  expect(Object.values(env)).not.toContain("secret");
  expect(env, "an empty variable counts as unset").not.toHaveProperty("USER");
});

test("every child gets the cookie and the run's id, and the app's domain once that is known", () => {
  const env = childEnvironment(identity, {});
  expect(env).toMatchObject({ CCCI_RUN_COOKIE: "c00kie", CCCI_RUN_ID: "269", CCCI_RUN_DIR: "/runs/269", ABRA_DIR: "/runs/269/abra" });
  expect(env).not.toHaveProperty("CCCI_APP_DOMAIN");
  expect(childEnvironment({ ...identity, domain: "note-abc123.ci" as Domain, url: "http://u" }, {})).toMatchObject({
    CCCI_APP_DOMAIN: "note-abc123.ci",
    CCCI_BASE_URL: "http://u",
  });
});

test("children run in English, without a terminal and without prompts", () => {
  expect(childEnvironment(identity, { LANG: "de_DE.UTF-8", LC_ALL: "de_DE.UTF-8", TERM: "xterm" })).toMatchObject({
    LANG: "C",
    LC_ALL: "C",
    ABRA_LANG: "en",
    TERM: "dumb",
    GIT_TERMINAL_PROMPT: "0",
  });
});

test("git gets an identity and its guards from the environment, and reads no configuration of the operator or the host", () => {
  const env = childEnvironment(identity, {});
  const settings = Array.from(
    { length: Number(env["GIT_CONFIG_COUNT"]) },
    (_, i) => `${env[`GIT_CONFIG_KEY_${i}`]}=${env[`GIT_CONFIG_VALUE_${i}`]}`,
  );
  expect(settings).toEqual(
    expect.arrayContaining(["user.name=recipe-ci", "core.hooksPath=/dev/null", "core.fsmonitor=false", "core.excludesFile=/dev/null"]),
  );
  expect(settings.join("\n")).not.toContain("safe.directory");
  expect(env).toMatchObject({
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_ATTR_NOSYSTEM: "1",
    GIT_NO_LAZY_FETCH: "1",
    GIT_SSH_COMMAND: "ssh",
    GIT_PROXY_COMMAND: "",
    GIT_ALLOW_PROTOCOL: "file:git:http:https:ssh",
  });
});
