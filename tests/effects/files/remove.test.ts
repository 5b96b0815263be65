import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { removeFile, removeTree } from "../../../src/effects/files/remove.js";
import { temporaryFolder } from "../../support/processes.js";

test.each([
  ["a file", removeFile],
  ["a tree", removeTree],
])("what is removed as %s is gone: a file, a link to a file, one to a folder, one that leads nowhere; what they lead to stays", (_, remove) => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "kept"));
  writeFileSync(join(folder, "kept", "file"), "");
  symlinkSync("kept/file", join(folder, "to-file"));
  symlinkSync("kept", join(folder, "to-folder"));
  symlinkSync("nowhere", join(folder, "to-nowhere"));
  writeFileSync(join(folder, "plain"), "");
  for (const name of ["to-file", "to-folder", "to-nowhere", "plain", "never-there"]) remove(join(folder, name));
  expect(readdirSync(folder)).toEqual(["kept"]);
  expect(readdirSync(join(folder, "kept"))).toEqual(["file"]);
});

test("a tree goes with all that is in it, links as links", () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "tree", "deep"), { recursive: true });
  writeFileSync(join(folder, "kept"), "");
  symlinkSync("../../kept", join(folder, "tree", "deep", "link"));
  symlinkSync("nowhere", join(folder, "tree", "deep", "lost"));
  removeTree(join(folder, "tree"));
  expect(readdirSync(folder)).toEqual(["kept"]);
});

test("what cannot be removed is told", () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "file"), "");
  expect(() => removeFile(join(folder, "file", "below"))).toThrow(/ENOTDIR/);
});
