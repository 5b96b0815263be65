import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { removeFile, removeTree } from "../../../src/effects/files/remove.js";
import { must } from "../../support/children.js";
import { temporaryFolder } from "../../support/processes.js";

test.each([
  ["a file", removeFile],
  ["a tree", removeTree],
])(
  "what is removed as %s is gone: a file, a link to a file, one to a folder, one that leads nowhere; what they lead to stays",
  (_, remove) => {
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
  },
);

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

test("folders that a program made so deep that no path names them go as well", () => {
  const root = temporaryFolder();
  const top = join(root, "top");
  mkdirSync(top);
  const dig =
    'process.chdir(process.argv[1]); for (let level = 0; level < 100; level += 1) { fs.writeFileSync("note", "x"); fs.symlinkSync("/etc", "link"); fs.mkdirSync("side"); fs.mkdirSync("d".repeat(200)); process.chdir("d".repeat(200)); }';
  must(process.execPath, ["-e", dig, top]);
  removeTree(top);
  expect(readdirSync(root)).toEqual([]);
  expect(existsSync("/etc/passwd")).toBe(true);
});
