import { chmodSync, cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findExecutable } from "../../src/effects/children/find-executable.js";
import { root } from "../support/bundle.js";
import { must } from "../support/children.js";
import { start, temporaryFolder } from "../support/processes.js";
import { inSandbox } from "./stop-cases.js";

/** A copy of this checkout that a launcher takes for one that is set up. */
const copyOfCheckout = (): string => {
  const folder = temporaryFolder();
  for (const part of ["bin", "dist", "examples", "package.json", "package-lock.json", "sandbox", "scripts"])
    cpSync(join(root, part), join(folder, part), { recursive: true });
  writeFileSync(join(folder, "dist/stamp"), `${must("sh", [join(folder, "scripts/set-up.sh"), "--stamp"])}\n`);
  return folder;
};

/** A git that first removes the program's files, as whoever cleans the checkout does while a run clones its recipe. */
const gitThatRemoves = (dist: string): string => {
  const bin = temporaryFolder();
  const git = findExecutable("git", process.env["PATH"] ?? "");
  writeFileSync(join(bin, "git"), `#!/bin/sh\nrm -f "${dist}"/*.cjs\nexec "${git}" "$@"\n`);
  chmodSync(join(bin, "git"), 0o755);
  return bin;
};

test("a run whose own program is removed from the host while it clones goes on with what it began with", { timeout: 90_000 }, () =>
  inSandbox([], async (sandbox) => {
    const copy = copyOfCheckout();
    const env = sandbox.env();
    const PATH = `${gitThatRemoves(join(copy, "dist"))}:${env["PATH"]}`;
    const run = start(join(copy, "bin/recipe-ci"), ["run", "echo", "--sandbox", "--stages", "install"], { env: { ...env, PATH } });
    const { code } = await run.ended;
    expect({ code, output: code === 0 ? "" : run.stdout() + run.stderr() }).toEqual({ code: 0, output: "" });
    expect(sandbox.leftovers()).toEqual([]);
  }),
);
