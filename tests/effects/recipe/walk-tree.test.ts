import { mkdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { walkTree } from "../../../src/effects/recipe/walk-tree.js";
import { failureOf } from "../../support/failure-of.js";
import { temporaryFolder } from "../../support/processes.js";

/** Walks a tree that somebody changes meanwhile: calls `act` at the entry `at`, and adds all paths to `seen`. */
const walkWhile = async (root: string, seen: string[], at: string, act: () => void): Promise<void> => {
  for await (const { path } of walkTree(Buffer.from(root))) {
    seen.push(path.toString());
    if (path.toString() === at) act();
  }
};

const place = () => {
  const root = temporaryFolder();
  for (const folder of ["tree/outer/inner", "private/inner"]) mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, "private", "inner", "key"), "precious\n");
  const replace = (): void => {
    renameSync(join(root, "tree", "outer"), join(root, "moved"));
    symlinkSync(join(root, "private"), join(root, "tree", "outer"));
  };
  return { tree: join(root, "tree"), replace };
};

test.each(["outer", "outer/inner"])("a folder that becomes a link while its tree is walked is not followed: seen at %s", async (at) => {
  const { tree, replace } = place();
  const seen: string[] = [];
  expect(await failureOf(walkWhile(tree, seen, at, replace))).toMatchObject({ code: "folder-unreadable", exitCode: 2 });
  expect(seen).not.toContain("outer/inner/key");
});
