import { chmodSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { assertLockDir } from "../../../src/effects/lock/lock-dir.js";
import { openLockFile } from "../../../src/effects/lock/lock-file.js";
import { temporaryFolder } from "../../support/processes.js";
import { testWith } from "../../support/programs.js";
import { closeSync } from "node:fs";

test("a folder on a local file system will do, and nothing is left in it", () => {
  const dir = temporaryFolder();
  expect(() => assertLockDir(dir)).not.toThrow();
  expect(spawnSync("ls", ["-A", dir], { encoding: "utf8" }).stdout).toBe("");
});

test("a folder that is not there, and a file, are refused with exit code 2 and the next step", () => {
  const dir = temporaryFolder();
  expect(() => assertLockDir(join(dir, "nowhere"))).toThrowError(expect.objectContaining({ code: "lock-dir-unusable", exitCode: 2 }));
  writeFileSync(join(dir, "file"), "");
  expect(() => assertLockDir(join(dir, "file"))).toThrowError(expect.objectContaining({ hint: expect.stringContaining("CCCI_APP_LOCK_DIR") as unknown }));
});

testWith("root")("another user's lock file in a sticky folder can be opened", () => {
  const dir = temporaryFolder();
  chmodSync(dir, 0o1777);
  const file = join(dir, "lock");
  writeFileSync(file, "", { mode: 0o666 });
  chmodSync(file, 0o666);
  spawnSync("chown", ["65534", file]);
  const fd = openLockFile(file, true);
  expect(fd).not.toBeNull();
  closeSync(fd ?? 0);
});
