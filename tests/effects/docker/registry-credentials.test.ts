import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createChildRegistry } from "../../../src/effects/children/registry.js";
import { credentialsFor } from "../../../src/effects/docker/registry-credentials.js";
import { redact } from "../../../src/effects/redact.js";
import { temporaryFolder } from "../../support/processes.js";

/** What is found for a registry whose credentials a helper of that script keeps. */
const withHelper = (script: string) => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "docker-credential-test"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  writeFileSync(join(folder, "config.json"), JSON.stringify({ credsStore: "test" }));
  const registry = createChildRegistry();
  onTestFinished(() => void process.off("exit", registry.killAll));
  const env = { PATH: `${folder}:${process.env["PATH"] ?? ""}`, DOCKER_CONFIG: folder };
  return credentialsFor({ scope: registry.scope("work"), env: () => env, cwd: folder }, "r.example.com", new AbortController().signal);
};

test("a helper that knows the registry is believed, one that does not is no failure", async () => {
  expect(await withHelper(`cat >/dev/null; echo '{"Username":"u","Secret":"s3cret-of-the-helper"}'`)).toMatchObject({
    username: "u",
    password: "s3cret-of-the-helper",
  });
  expect(await withHelper("exit 1")).toBeNull();
});

test("what a registry is sent of the credentials is masked, should it answer with it", async () => {
  await withHelper(`cat >/dev/null; echo '{"Username":"u","Secret":"heard-by-the-registry"}'`);
  const basic = Buffer.from("u:heard-by-the-registry").toString("base64");
  expect(redact(`denied: you said Basic ${basic}, which is heard-by-the-registry`)).toBe("denied: you said Basic ***, which is ***");
});

test("a helper that somebody kills is no helper that knows none", async () => {
  await expect(withHelper("kill -TERM $$")).rejects.toMatchObject({
    code: "child-killed",
    exitCode: 69,
    message: expect.stringMatching(/docker-credential-test get was killed by SIGTERM/) as string,
  });
});
