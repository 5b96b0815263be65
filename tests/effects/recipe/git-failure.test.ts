import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { gitFailure } from "../../../src/effects/recipe/git-failure.js";
import { ask, must } from "../../support/children.js";
import { temporaryFolder } from "../../support/processes.js";

test("a repository whose branch leads to a commit without its parent is broken, and its forge not silent", () => {
  const folder = temporaryFolder();
  const git = (...args: readonly string[]): string => must("git", ["-C", folder, ...args]).trim();
  git("init", "--quiet");
  const tree = git("write-tree");
  writeFileSync(join(folder, "commit"), `tree ${tree}\nparent ${"1".repeat(40)}\nauthor a <a@b> 1 +0000\ncommitter a <a@b> 1 +0000\n\nm\n`);
  writeFileSync(join(folder, ".git/refs/heads/x"), `${git("hash-object", "-w", "-t", "commit", "commit")}\n`);
  const { code, stderr } = ask("git", ["clone", "--quiet", "--no-local", folder, join(folder, "clone")], { env: { ...process.env, LC_ALL: "C" } });
  const end = { exitCode: code, stderr, signal: null, stdout: "", timedOut: false, aborted: false, durationMs: 1, killedBy: null, command: "git clone" };
  expect(gitFailure("clone", end)).toMatchObject({ code: "broken-repository", exitCode: 2 });
});
