import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { createActor, toPromise } from "xstate";
import { isNotFound } from "../../src/effects/docker/engine-errors.js";
import { prepullImages } from "../../src/effects/docker/pull/prepull-images.js";
import type { Credentials } from "../../src/effects/docker/registry-credentials.js";
import type { PullState } from "../../src/effects/docker/pull/pull-tally.js";
import { engineOn } from "../support/engine/daemon.js";
import { startRegistry, type TestRegistry } from "../support/registry.js";

/** Several MiB, as a newer daemon reports progress once per MiB. */
const imageBytes = 4 * 1024 * 1024;

let registry: TestRegistry;
beforeAll(async () => {
  registry = await startRegistry({ imageBytes, partMs: 60 });
});
afterAll(() => registry.close());

const mark = `prepull${process.pid}`;

const pull = (
  images: readonly string[],
  onProgress: (state: PullState) => void = () => undefined,
  credentials: Credentials | null = null,
): Promise<void> => {
  const engine = engineOn("/var/run/docker.sock");
  onTestFinished(async () => {
    for (const image of images)
      await engine.json("DELETE", `/images/${image}`).catch((error: unknown) => isNotFound(error) || Promise.reject(error));
  });
  return toPromise(
    createActor(prepullImages({ engine, hint: "the hint", credentialsFor: async () => credentials, onProgress }), {
      input: { images },
    }).start(),
  );
};

test("a pull fetches several images at once and reports their bytes, and asks the real daemon for none that it has", async () => {
  const images = ["a", "b", "c"].map((name) => `${registry.address}/${mark}/${name}:1`);
  const states: PullState[] = [];
  await pull(images, (state) => states.push(state));
  expect(registry.mostAtOnce()).toBeGreaterThan(1);
  expect(states.at(-1)?.done).toHaveLength(3);
  expect(states.at(-1)?.bytes).toBeGreaterThanOrEqual(3 * imageBytes);
  expect(states.some(({ bytes, bytesTotal }) => bytes > 0 && bytes < bytesTotal)).toBe(true);
  await pull(images, () => expect.unreachable("all of them are here"));
});

test.each([
  ["missing", "image-missing"],
  ["denied", "registry-denied"],
  ["unknown", "registry-denied"],
  ["limited", "registry-limit"],
  ["broken", "registry-unreachable"],
])("when a registry answers the real daemon with %s, the pull fails as %s", async (name, code) => {
  await expect(pull([`${registry.address}/${name}/${mark}:1`])).rejects.toMatchObject({ code });
});

test.each(["p", "pw", "pwd"])("the real daemon logs in to the registry with the credentials of the pull: password %s", async (password) => {
  const locked = await startRegistry({ imageBytes: 4 * 1024, login: `ci:${password}` });
  onTestFinished(() => locked.close());
  const image = `${locked.address}/${mark}/${password}:1`;
  await pull([image], undefined, { username: "ci", password, serveraddress: locked.address });
  await expect(pull([`${locked.address}/${mark}/no-login:1`])).rejects.toMatchObject({ code: "registry-denied" });
});

test("when nobody listens at a registry's address or its name is unknown, the pull fails as registry-unreachable", async () => {
  await expect(pull([`127.0.0.1:1/${mark}:1`])).rejects.toMatchObject({ code: "registry-unreachable" });
  await expect(pull([`registry.invalid/${mark}:1`])).rejects.toMatchObject({ code: "registry-unreachable" });
});
