import { chownSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeScratchFolder, sweepScratchFolders } from "../../../src/effects/files/scratch-folder.js";
import { temporaryFolder } from "../../support/processes.js";
import { testWith } from "../../support/programs.js";

const given = process.env["TMPDIR"];
let folder = "";

beforeEach(() => {
  folder = temporaryFolder();
  process.env["TMPDIR"] = folder;
});

afterEach(() => {
  if (given === undefined) delete process.env["TMPDIR"];
  else process.env["TMPDIR"] = given;
});

const leave = (name: string): string => {
  mkdirSync(join(folder, name, "run"), { recursive: true });
  writeFileSync(join(folder, name, "run", "file"), "");
  return join(folder, name);
};

test("a folder that nobody holds any more goes when the next one is made, and one that is in use stays", () => {
  leave("recipe-ci-look-killed");
  leave("recipe-ci-contract-killed");
  const first = makeScratchFolder("look");
  const second = makeScratchFolder("look");
  expect(readdirSync(folder).toSorted()).toEqual([basename(first.path), basename(second.path)].toSorted());
  first.close();
  expect(readdirSync(folder)).toEqual([basename(second.path)]);
  second.close();
  expect(readdirSync(folder)).toEqual([]);
});

test("what is no folder of ours stays: a link, what it leads to, a file, a folder of another name", () => {
  leave("recipe-ci-test-other");
  symlinkSync("recipe-ci-test-other", join(folder, "recipe-ci-look-link"));
  writeFileSync(join(folder, "recipe-ci-look-file"), "");
  sweepScratchFolders();
  expect(readdirSync(folder).toSorted()).toEqual(["recipe-ci-look-file", "recipe-ci-look-link", "recipe-ci-test-other"]);
  expect(readdirSync(join(folder, "recipe-ci-test-other", "run"))).toEqual(["file"]);
});

testWith("root")("another user's folder stays", () => {
  chownSync(leave("recipe-ci-look-theirs"), 65_534, 65_534);
  sweepScratchFolders();
  expect(readdirSync(folder)).toEqual(["recipe-ci-look-theirs"]);
});

test("a temporary folder that cannot be listed keeps nobody from their work", () => {
  process.env["TMPDIR"] = join(folder, "not-there");
  expect(() => sweepScratchFolders()).not.toThrow();
});
