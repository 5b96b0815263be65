import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { composeImages, imagesIn } from "../../../src/effects/abra/compose-images.js";
import type { App } from "../../../src/machines/vocabulary.js";
import { temporaryFolder } from "../../support/processes.js";

const app = { recipe: "hello", domain: "hell-000000.test", stack: "hell-000000_test" } as App;

const imagesOf = async (files: Readonly<Record<string, string>>, env: Readonly<Record<string, string>> = {}) => {
  const recipeDir = temporaryFolder();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(recipeDir, name), text);
  const notes: string[] = [];
  const images = await composeImages({ recipeDir, app, env, note: (line) => notes.push(line), signal: new AbortController().signal });
  return { images, notes };
};

test("the images of every compose file are found, each once", async () => {
  const found = await imagesOf(
    { "compose.yml": "services: {app: {image: 'nginx:1'}, db: {image: 'postgres:16'}}", "compose.more.yml": "services: {app: {image: 'nginx:1'}, cache: {image: 'redis:7'}}" },
    { COMPOSE_FILE: "compose.yml:compose.more.yml" },
  );
  expect(found).toEqual({ images: ["nginx:1", "postgres:16", "redis:7"], notes: [] });
});

test("variables come from the .env and from abra.sh, with defaults inside defaults", () => {
  const image = (text: string, variables = {}): readonly string[] => imagesIn(`services: {app: {image: "${text}"}}`, variables);
  expect(image("app:${TAG}", { TAG: "2" })).toEqual(["app:2"]);
  expect(image("app:${TAG:-1}", { TAG: "" })).toEqual(["app:1"]);
  expect(image("app:${TAG-1}", { TAG: "" })).toEqual(["app:"]);
  expect(image("${REGISTRY:-${MIRROR:-docker.io}}/app:$TAG", { TAG: "3" })).toEqual(["docker.io/app:3"]);
});

test("a service that is built, or empty, has no image to pull", () => {
  expect(imagesIn("services: {app: {build: .}, odd: null}", {})).toEqual([]);
  expect(imagesIn("volumes: {data: {}}", {})).toEqual([]);
});

test("a compose file that is not there, or is no YAML, costs its own images only, and is said", async () => {
  const { images, notes } = await imagesOf({ "compose.yml": "services: {app: {image: 'nginx:1'}}", "broken.yml": "services: [" }, { COMPOSE_FILE: "compose.yml:broken.yml:gone.yml" });
  expect(images).toEqual(["nginx:1"]);
  expect(notes).toEqual([expect.stringContaining("broken.yml"), expect.stringContaining("gone.yml")]);
});
