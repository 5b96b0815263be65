import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../support/bundle.js";
import { start, temporaryFolder } from "../support/processes.js";
import { testWith } from "../support/programs.js";
import { clone, cloneSetUp, installs, says } from "./clone.js";

// Set-ups that are killed, and several at once: set-up.slow.test.ts.

const path = process.env["PATH"] ?? "";
const timesIn = (folder: string): Record<string, number> =>
  Object.fromEntries(readdirSync(folder, { recursive: true }).map((name) => [String(name), statSync(join(folder, String(name))).ctimeMs]));

test("one command sets a fresh clone up, talking on stderr, and runs the program; the next one only runs it", async () => {
  const { run, notes, folder } = clone();
  const first = run();
  await says(first, "one");
  expect(first.stderr()).toContain("npm speaks");
  expect(installs(notes())).toBe(1);
  expect(notes()[0]).toContain("--include=dev");
  const nodePrefix = dirname(dirname(process.execPath));
  if (existsSync(join(nodePrefix, "include/node"))) expect(notes()[0]).toContain(`nodedir=${nodePrefix}`);
  const before = timesIn(folder);
  const second = run();
  await says(second, "one");
  expect(second.stderr()).toBe("");
  expect(installs(notes())).toBe(1);
  expect(timesIn(folder), "nothing was written").toEqual(before);
});

test("a changed source is built anew, whatever its times say; a moved one too; packages stay", async () => {
  const { run, notes, write, folder } = await cloneSetUp();
  const word = join(folder, "src/cli/deep/er/word.ts");
  const { atime, mtime } = statSync(word);
  write("src/cli/deep/er/word.ts", `export const word: string = "two";`);
  utimesSync(word, atime, mtime);
  await says(run(), "two");
  write("src/cli/main.ts", `import { word } from "./other.ts"; process.stdout.write(word + "\\n");`);
  write("src/cli/other.ts", `export const word: string = "three";`);
  rmSync(word);
  await says(run(), "three");
  expect(installs(notes())).toBe(1);
});

test("another lock file means other packages", async () => {
  const { run, notes, folder } = await cloneSetUp();
  writeFileSync(join(folder, "package-lock.json"), `${readFileSync(join(folder, "package-lock.json"), "utf8")}\n`);
  await says(run(), "one");
  expect(installs(notes())).toBe(2);
});

test("packages that somebody installed by hand are taken", async () => {
  const { run, notes, folder } = clone();
  mkdirSync(join(folder, "node_modules"));
  for (const name of ["esbuild", "@esbuild", "execa"]) symlinkSync(join(root, "node_modules", name), join(folder, "node_modules", name));
  writeFileSync(join(folder, "node_modules/.package-lock.json"), "{}");
  await says(run(), "one");
  expect(notes()).toEqual([]);
});

test("a dist without its stamp, or half of one, is built anew", async () => {
  const { run, folder } = await cloneSetUp();
  for (const stamp of [null, "", "123"]) {
    writeFileSync(join(folder, "dist/recipe-ci.cjs"), "throw new Error('half of it')");
    if (stamp === null) rmSync(join(folder, "dist/stamp"));
    else writeFileSync(join(folder, "dist/stamp"), stamp);
    await says(run(), "one");
  }
});

test("npm that fails is told with 69 and what to do, and the next command tries again", async () => {
  const { run } = clone();
  const failed = run({ NPM_DOES: "fail" });
  expect((await failed.ended).code).toBe(69);
  expect(failed.stdout()).toBe("");
  expect(failed.stderr()).toContain("npm ci failed");
  await says(run(), "one");
});

test("a build that fails is told with 70, and nothing old is run", async () => {
  const { run, write } = await cloneSetUp();
  write("src/cli/main.ts", "this is no program");
  const failed = run();
  expect((await failed.ended).code).toBe(70);
  expect(failed.stdout()).toBe("");
  write("src/cli/main.ts", `process.stdout.write("again\\n");`);
  await says(run(), "again");
});

test("a source that the stamp would not see is refused by the build", async () => {
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
  // Not executable in the checkout: it is called by `sh`.
  writeFileSync(join(folder, "scripts/set-up.sh"), `#!/bin/sh\n${readFileSync(join(folder, "scripts/set-up.sh"), "utf8")}`);
  expect((await setUp()).code).toBe(0);
  rmSync(join(folder, "node_modules"), { recursive: true });
  expect((await setUp()).code).toBe(0);
  expect(installs(notes())).toBe(2);
  expect((await setUp()).code).toBe(0);
  expect(installs(notes())).toBe(2);
  await says(run(), "one");
});

test("a node that is too old, and one without npm, are told what to do before anything is made", async () => {
  const { run, folder } = clone();
  const bin = temporaryFolder();
  writeFileSync(join(bin, "node"), `#!/bin/sh\ncase $1 in --version) echo v18.19.0 ;; *) exit 1 ;; esac\n`);
  chmodSync(join(bin, "node"), 0o755);
  const old = run({ PATH: `${bin}:${path}` });
  expect((await old.ended).code).toBe(69);
  expect(old.stderr()).toBe("recipe-ci: node v18.19.0 is too old. Install Node 20.19 or newer.\n");
  expect(existsSync(join(folder, "node_modules"))).toBe(false);
});

testWith("root")("who may not write runs a fresh dist, and is told what to do about a stale one", async () => {
  const { run, folder, write } = await cloneSetUp();
  chmodSync(folder, 0o755);
  const as = (env: Record<string, string>) =>
    start("setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", "--", join(folder, "bin/recipe-ci")], { cwd: "/", env: { PATH: path, ...env } });
  await says(as({}), "one");
  write("src/cli/deep/er/word.ts", `export const word: string = "two";`);
  const refused = as({});
  expect((await refused.ended).code).toBe(69);
  expect(refused.stderr()).toMatch(/must be set up and cannot be written/);
  await says(run(), "two");
});
