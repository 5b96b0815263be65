import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import { expect, test } from "vitest";
import { childEnvironment } from "../../../../src/effects/children/environment.js";
import { createChildRegistry } from "../../../../src/effects/children/registry.js";
import { createGit, type Git } from "../../../../src/effects/recipe/git.js";
import { createReadRecipe } from "../../../../src/effects/recipe/slips/recipe-at.js";
import type { Cookie } from "../../../../src/machines/vocabulary.js";
import { must } from "../../../support/children.js";
import { temporaryFolder } from "../../../support/processes.js";
import { publish, type Files } from "../../../support/published.js";

const scope = createChildRegistry().scope("work");
const small: Files = { ".env.sample": "TYPE=box\n", "abra.sh": "", "compose.yml": "services: {}\n", "README.md": "A box\n" };

/** A clone of these versions, how they are read, and what git was called with for it. */
const reading = (...versions: readonly Files[]) => {
  const dir = temporaryFolder();
  const commits = publish(
    dir,
    versions.map((files) => [null, files]),
  );
  const env = childEnvironment({ cookie: "c" as Cookie, runId: "r", runDir: dir, abraDir: dir });
  const git = createGit({ scope, env: () => env, cwd: dir });
  const calls: string[] = [];
  const counted: Git = (args, ask) => {
    calls.push(args[2] ?? "");
    return git(args, ask);
  };
  const readRecipe = createReadRecipe(counted);
  const at = async (index = 0) => {
    const recipe = await readRecipe(dir, { tag: null, commit: commits[index] ?? "" }, AbortSignal.timeout(20_000));
    if (recipe === null) throw new Error("the tree was too large");
    return recipe;
  };
  return { dir, calls, at };
};

test("what is usually read of a version takes two calls of git, another file one more, and the same version again none", async () => {
  const { calls, at } = reading(small);
  const recipe = await at();
  expect(await Promise.all([".env.sample", "abra.sh", "compose.yml", "none.yml"].map((name) => recipe.read(name, 100)))).toEqual([
    "TYPE=box\n",
    "",
    "services: {}\n",
    null,
  ]);
  expect(calls).toEqual(["ls-tree", "cat-file"]);
  expect(await recipe.read("README.md", 100)).toBe("A box\n");
  expect(await (await at()).read("compose.yml", 100)).toBe("services: {}\n");
  expect(calls).toEqual(["ls-tree", "cat-file", "cat-file"]);
});

test("of two versions each has its own files", async () => {
  const { at } = reading(small, { "compose.yml": "services: { app: {} }\n" });
  expect(await Promise.all([0, 1].map(async (index) => (await at(index)).read("compose.yml", 100)))).toEqual([
    "services: {}\n",
    "services: { app: {} }\n",
  ]);
});

test("a file is what it is, whatever it looks like: as git's own words, without a last line's end, or nothing at all", async () => {
  const texts: Files = {
    ".env.sample": `${"0".repeat(40)} missing\n`,
    "abra.sh": "ü",
    "compose.yml": "\n\n",
    "compose.two.yml": "same",
    "compose.three.yml": "same",
    "compose.none.yml": "",
  };
  const recipe = await reading(texts).at();
  expect(
    Object.fromEntries(await Promise.all(Object.keys(texts).map(async (name) => [name, await recipe.read(name, 100)] as const))),
  ).toEqual(texts);
});

test("what is larger than is wanted is not read, nor all at once what is too large together", async () => {
  const large = "#".repeat(200 * 1024);
  const { calls, at } = reading({ ...small, "abra.sh": large, "compose.yml": `${large}#` });
  const recipe = await at();
  expect(calls).toEqual(["ls-tree"]);
  expect(await recipe.read("abra.sh", large.length)).toBe(large);
  expect(await recipe.read("compose.yml", large.length)).toBeNull();
});

test("where one of the files is broken in the repository the others are read, and git says what is wrong with that one", async () => {
  const { dir, at } = reading(small);
  const blob = must("git", ["-C", dir, "rev-parse", "HEAD:abra.sh"]);
  const object = join(dir, ".git", "objects", blob.slice(0, 2), blob.slice(2));
  rmSync(object);
  writeFileSync(object, deflateSync("blob 0\0abc").subarray(0, 12));
  const recipe = await at();
  expect(await recipe.read("compose.yml", 100)).toBe("services: {}\n");
  await expect(recipe.read("abra.sh", 100)).rejects.toThrow(/^git cat-file: fatal: /);
});
