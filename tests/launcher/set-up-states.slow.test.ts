import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../support/bundle.js";
import { start } from "../support/processes.js";
import { testWith } from "../support/programs.js";
import { clone, cloneSetUp, installs, says } from "./clone.js";

test("if package-lock.json has changed, the packages are installed again", async () => {
  const { run, notes, folder } = await cloneSetUp();
  writeFileSync(join(folder, "package-lock.json"), `${readFileSync(join(folder, "package-lock.json"), "utf8")}\n`);
  await says(run(), "one");
  expect(installs(notes())).toBe(2);
});

test("packages that somebody installed by hand are used as they are", async () => {
  const { run, notes, folder } = clone();
  mkdirSync(join(folder, "node_modules"));
  for (const name of ["esbuild", "@esbuild", "execa"]) symlinkSync(join(root, "node_modules", name), join(folder, "node_modules", name));
  writeFileSync(join(folder, "node_modules/.package-lock.json"), "{}");
  await says(run(), "one");
  expect(notes()).toEqual([]);
});

test("a dist without its stamp, or with half of one, is built again", async () => {
  const { run, folder } = await cloneSetUp();
  for (const stamp of [null, "", "123"]) {
    writeFileSync(join(folder, "dist/recipe-ci.cjs"), "throw new Error('half of it')");
    if (stamp === null) rmSync(join(folder, "dist/stamp"));
    else writeFileSync(join(folder, "dist/stamp"), stamp);
    await says(run(), "one");
  }
});

test("the build refuses a source file that the stamp does not cover", async () => {
  const { run, write } = clone();
  write("src/cli/a/b/c/d/too-deep.ts", `export const word = "deep";`);
  write("src/cli/main.ts", `import { word } from "./a/b/c/d/too-deep.ts"; process.stdout.write(word + "\\n");`);
  const failed = run();
  expect((await failed.ended).code).toBe(70);
  expect(failed.stderr()).toContain("does not cover src/cli/a/b/c/d/too-deep.ts");
});

test("before the tests the same set-up runs on its own, and needs every package", async () => {
  const { run, notes, folder } = clone();
  chmodSync(join(folder, "scripts/set-up.sh"), 0o755);
  const setUp = () => run({}, "scripts/set-up.sh").ended;
  // The script has no shebang and is not executable in the checkout, because `sh` runs it.
  writeFileSync(join(folder, "scripts/set-up.sh"), `#!/bin/sh\n${readFileSync(join(folder, "scripts/set-up.sh"), "utf8")}`);
  expect((await setUp()).code).toBe(0);
  rmSync(join(folder, "node_modules"), { recursive: true });
  expect((await setUp()).code).toBe(0);
  expect(installs(notes())).toBe(2);
  expect((await setUp()).code).toBe(0);
  expect(installs(notes())).toBe(2);
  await says(run(), "one");
});

testWith("root")("who may not write runs a fresh dist, and is told what to do about a stale one", async () => {
  const { run, folder, write } = await cloneSetUp();
  chmodSync(folder, 0o755);
  const as = (env: Record<string, string>) =>
    start("setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", "--", join(folder, "bin/recipe-ci")], {
      cwd: "/",
      env: { PATH: process.env["PATH"] ?? "", ...env },
    });
  await says(as({}), "one");
  write("src/cli/deep/er/word.ts", `export const word: string = "two";`);
  const refused = as({});
  expect((await refused.ended).code).toBe(69);
  expect(refused.stderr()).toMatch(/must be set up and cannot be written/);
  await says(run(), "two");
});
