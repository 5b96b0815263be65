import { chmodSync, chownSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { replaceFile } from "../../../src/effects/record/atomic-file.js";
import { pruneRuns } from "../../../src/effects/record/prune-runs.js";
import { makeRunsDir } from "../../../src/effects/record/run-dir.js";
import { temporaryFolder } from "../../support/processes.js";
import { testWith } from "../../support/programs.js";

const refused = (why: RegExp) =>
  expect.objectContaining({ code: "runs-dir-unusable", exitCode: 2, message: expect.stringMatching(why) as string });

const prune = (runsDir: string): unknown => pruneRuns({ runsDir, keepNewest: 0, olderThanMs: 0, dryRun: false, now: Date.now() });

/** As every command that writes, removes or reaps there begins. */
const expectRefused = (runsDir: string, why: RegExp): void => {
  expect(() => makeRunsDir(runsDir)).toThrow(refused(why));
  expect(() => prune(runsDir)).toThrow(refused(why));
};

test("a runs folder that anybody may write to is refused, sticky or not, before anything in it is removed", () => {
  const runsDir = temporaryFolder();
  mkdirSync(join(runsDir, ".pruned-1-x"));
  for (const mode of [0o777, 0o1777]) {
    chmodSync(runsDir, mode);
    expectRefused(runsDir, /anybody may write/);
  }
  expect(statSync(join(runsDir, ".pruned-1-x")).isDirectory()).toBe(true);
});

test("so is one in which the apps' records are anybody's, or behind a link", () => {
  const runsDir = temporaryFolder();
  mkdirSync(join(runsDir, "apps"));
  makeRunsDir(runsDir);
  chmodSync(join(runsDir, "apps"), 0o777);
  expectRefused(runsDir, /anybody may write/);
  const other = temporaryFolder();
  symlinkSync(runsDir, join(other, "apps"));
  expectRefused(other, /symlink/);
});

testWith("root")("so is another user's, in which that user could rename and link what runs write", () => {
  const runsDir = temporaryFolder();
  mkdirSync(join(runsDir, "apps"));
  chownSync(join(runsDir, "apps"), 65_534, 65_534);
  expectRefused(runsDir, /another user, 65534/);
  chownSync(runsDir, 65_534, 65_534);
  expectRefused(runsDir, /another user, 65534/);
});

test("a runs folder that we make is ours alone to write in, whatever the umask", () => {
  const runsDir = join(temporaryFolder(), "a", "runs");
  const umask = process.umask(0);
  try {
    makeRunsDir(runsDir);
  } finally {
    process.umask(umask);
  }
  expect(statSync(runsDir).mode & 0o022).toBe(0);
});

test("a link under the name that is written to first is not followed", () => {
  const folder = temporaryFolder();
  const [file, victim] = [join(folder, "run.json"), join(folder, "victim")];
  writeFileSync(victim, "precious");
  symlinkSync(victim, `${file}.${process.pid}.tmp`);
  replaceFile(file, "ours");
  expect(readFileSync(victim, "utf8")).toBe("precious");
  expect(readFileSync(file, "utf8")).toBe("ours");
});
