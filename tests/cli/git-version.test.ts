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

/** A PATH whose git claims to be of that version and otherwise is this host's. */
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
])("when git is too old for the guards, %s ends with 69 and names the version needed", async (_, args) => {
  const { code, stdout, stderr } = await sandbox.run(args, { PATH: pathWithGit("2.31.8") });
  expect(stdout + stderr).toMatch(/git version 2\.31\.8 is too old\nnext: Install git 2\.32 or newer\./);
  expect(code).toBe(69);
  expect(existsSync(join(sandbox.root, "runs", "r", "ledger.json"))).toBe(false);
});

test("when git is too old for the guards, doctor ends with 69 and names the version needed", async () => {
  const { code, stdout } = await sandbox.run(["doctor", "--sandbox"], { PATH: pathWithGit("2.31.8") });
  expect(stdout).toContain("MISSING  git: git version 2.31.8 is too old\n           repair: Install git 2.32 or newer.");
  expect(code).toBe(69);
});
