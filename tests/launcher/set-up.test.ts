import { chmodSync, existsSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../support/processes.js";
import { clone, cloneSetUp, installs, says } from "./clone.js";

// set-up.slow.test.ts tests set-ups that fail, are killed, or run at the same time. set-up-states.slow.test.ts tests what may
// already be in the clone when a set-up begins.

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

test("dist is built again if a source's content has changed, whatever its times say, or if it was moved; packages stay", async () => {
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

test("if node is too old or has no npm, the launcher says what to do before it makes anything", async () => {
  const { run, folder } = clone();
  const bin = temporaryFolder();
  writeFileSync(join(bin, "node"), `#!/bin/sh\ncase $1 in --version) echo v18.19.0 ;; *) exit 1 ;; esac\n`);
  chmodSync(join(bin, "node"), 0o755);
  const old = run({ PATH: `${bin}:${path}` });
  expect((await old.ended).code).toBe(69);
  expect(old.stderr()).toBe("recipe-ci: node v18.19.0 is too old. Install Node 20.19 or newer.\n");
  expect(existsSync(join(folder, "node_modules"))).toBe(false);
});

test("a relative TMPDIR means the caller's folder for the set-up too, although the set-up works in the clone", async () => {
  const { run, write } = await cloneSetUp();
  write("src/cli/deep/er/word.ts", `export const word: string = "two";`);
  await says(run({ TMPDIR: temporaryFolder().slice(1) }), "two");
});

test("if TMPDIR does not exist, the launcher says so before it makes anything", async () => {
  const { run, folder } = clone();
  const missing = run({ TMPDIR: "nowhere/at/all" });
  expect((await missing.ended).code).toBe(69);
  expect(missing.stderr()).toBe("recipe-ci: set-up can put nothing into //nowhere/at/all. Set TMPDIR to a folder that you may write to.\n");
  expect(existsSync(join(folder, "node_modules"))).toBe(false);
});
