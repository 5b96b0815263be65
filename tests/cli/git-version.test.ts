import { chmodSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { temporaryFolder } from "../support/processes.js";
import { Sandbox } from "../support/sandbox-run.js";

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.close());

/** A PATH on which git says that it is of that version, and is as it is otherwise. */
const pathWithGit = (version: string): string => {
  const [folder, path] = [temporaryFolder(), process.env["PATH"] ?? ""];
  writeFileSync(
    join(folder, "git"),
    `#!/bin/sh\n[ "$*" != --version ] || { echo "git version ${version}"; exit 0; }\nPATH='${path}' exec git "$@"\n`,
  );
  chmodSync(join(folder, "git"), 0o755);
  return `${folder}:${path}`;
};

test.each([
  ["a run", ["run", "echo", "--sandbox", "--run-id", "r"]],
  ["a check of a recipe", ["recipe", "check", "echo", "--sandbox"]],
])("%s ends with 69 where git is too old to hear of the guards, and names the one that will do", async (_, args) => {
  const { code, stdout, stderr } = await sandbox.run(args, { PATH: pathWithGit("2.31.8") });
  expect(stdout + stderr).toMatch(/git version 2\.31\.8 is too old\nnext: Install git 2\.32 or newer\./);
  expect(code).toBe(69);
  expect(existsSync(join(sandbox.root, "runs", "r", "ledger.json"))).toBe(false);
});

test("doctor names it too", async () => {
  const { code, stdout } = await sandbox.run(["doctor", "--sandbox"], { PATH: pathWithGit("2.31.8") });
  expect(stdout).toContain("MISSING  git: git version 2.31.8 is too old\n           repair: Install git 2.32 or newer.");
  expect(code).toBe(69);
});
