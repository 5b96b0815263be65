import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../support/bundle.js";
import { start, temporaryFolder } from "../support/processes.js";

/** The loader with a bundle of one line; the 32 characters before the last line's end are its hash. */
const loaded = (source: string, hash: string) => {
  const dist = temporaryFolder();
  copyFileSync(join(root, "scripts/loader.cjs"), join(dist, "main.cjs"));
  writeFileSync(join(dist, "recipe-ci.cjs"), `${source}\n//${hash.repeat(32)}\n`);
  return dist;
};
const runs = async (dist: string, env: Record<string, string> = {}, flags: readonly string[] = []) => {
  const run = start(process.execPath, [...flags, join(dist, "main.cjs"), "word"], { env: { PATH: "", ...env } });
  const { code } = await run.ended;
  return { code, stdout: run.stdout(), stderr: run.stderr() };
};
const program = (word: string) =>
  `(function (exports, require, module, __filename, __dirname) { const say = () => { console.log("${word}", process.argv[2], __filename, typeof require("node:fs").readFileSync); }; say(); })`;
const told = (dist: string, word: string) => ({ code: 0, stdout: `${word} word ${join(dist, "recipe-ci.cjs")} function\n`, stderr: "" });

test("the bundle runs without a cache, with one, and with one that is rubbish", async () => {
  const dist = loaded(program("one"), "a");
  const cache = join(dist, "recipe-ci.cache");
  expect(await runs(dist)).toEqual(told(dist, "one"));
  expect(existsSync(cache), "only the build makes a cache").toBe(false);
  expect(await runs(dist, { RECIPE_CI_MAKE_CACHE: "a".repeat(32) })).toEqual(told(dist, "one"));
  expect(readFileSync(cache).length).toBeGreaterThan(100);
  expect(await runs(dist)).toEqual(told(dist, "one"));
  expect(await runs(dist, {}, ["--no-lazy-feedback-allocation"])).toEqual(told(dist, "one"));
  writeFileSync(cache, "a".repeat(5_000));
  expect(await runs(dist)).toEqual(told(dist, "one"));
});

test("a cache of another bundle, of the very same length, is not taken for this one's", async () => {
  const [one, two] = [loaded(program("one"), "a"), loaded(program("two"), "b")];
  await runs(one, { RECIPE_CI_MAKE_CACHE: "a".repeat(32) });
  copyFileSync(join(one, "recipe-ci.cache"), join(two, "recipe-ci.cache"));
  expect(await runs(two)).toEqual(told(two, "two"));
});

test("a node that is too old is told what to do, with 69, before anything newer is parsed", async () => {
  const dist = loaded(program("one"), "a");
  const fake = join(dist, "fake.cjs");
  writeFileSync(fake, "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.18.3' } });");
  expect(await runs(dist, {}, ["--require", fake])).toEqual({
    code: 69,
    stdout: "",
    stderr: "recipe-ci: node 20.18.3 is too old. Install Node 20.19 or newer.\n",
  });
});

test("what is built is ASCII, for the loader reads its bytes one by one: a bar in a regular expression is one, too", () => {
  const dist = join(root, "dist");
  const built = readdirSync(dist, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".cjs"));
  expect(built).toContain("recipe-ci.cjs");
  expect(built.filter((name) => /[\u0080-\uffff]/.test(readFileSync(join(dist, name), "utf8")))).toEqual([]);
});
