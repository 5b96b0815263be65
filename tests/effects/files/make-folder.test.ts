import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeFolder } from "../../../src/effects/files/make-folder.js";
import { makeLockDir } from "../../../src/effects/lock/lock-dir.js";
import { makeAbraDir } from "../../../src/effects/recipe/abra-dir.js";
import { temporaryFolder } from "../../support/processes.js";

test("a folder is made with those above it, and made again without harm", () => {
  const dir = join(temporaryFolder(), "a", "b", "c");
  makeFolder(dir);
  makeFolder(dir);
  expect(existsSync(dir)).toBe(true);
});

test("where no folder can ever be made it ends, and says so: below /proc, below a file", () => {
  const file = join(temporaryFolder(), "file");
  writeFileSync(file, "");
  for (const place of ["/proc/here", join(file, "below")])
    expect(() => makeFolder(join(place, "deeper"))).toThrow(/ENOENT|ENOTDIR|EEXIST|EACCES|EPERM/);
});

test("an ABRA_DIR that can never be one ends with exit code 2 and its name, and does not spin for ever", () => {
  expect(() => makeAbraDir(join(temporaryFolder(), "abra"), "/proc", "default")).toThrow(
    expect.objectContaining({ code: "abra-dir-unusable", exitCode: 2, message: expect.stringContaining("/proc") }),
  );
});

test("a sandbox in a place where no folder can be made ends with exit code 2", () => {
  expect(() => makeLockDir("/proc/sandbox/locks")).toThrow(expect.objectContaining({ code: "lock-dir-unusable", exitCode: 2 }));
});
