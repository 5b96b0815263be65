import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { childEnvironment } from "../../../src/effects/children/environment.js";
import { createChildRegistry } from "../../../src/effects/children/registry.js";
import { createGit } from "../../../src/effects/recipe/git.js";
import type { Origin } from "../../../src/effects/recipe/ref-names.js";
import { assertRef, resolveRef } from "../../../src/effects/recipe/resolve-ref.js";
import type { Cookie } from "../../../src/machines/vocabulary.js";
import { must } from "../../support/children.js";

const root = mkdtempSync(join(tmpdir(), "recipe-ci-refs-"));
const source = join(root, "source");
const clone = join(root, "clone");
afterAll(() => rmSync(root, { recursive: true, force: true }));

const raw = (dir: string, ...args: readonly string[]): string =>
  must("git", ["-C", dir, "-c", "user.name=t", "-c", "user.email=t@localhost", ...args]).trim();

const env = childEnvironment({ cookie: "c" as Cookie, runId: "r", runDir: root, abraDir: root });
const git = createGit({ scope: createChildRegistry().scope("work"), env: () => env, cwd: root });

const resolve = async (ref: string, from: Origin = "clone"): Promise<string> => {
  assertRef(ref);
  return resolveRef({ git, dir: from === "clone" ? clone : source }, ref, from, AbortSignal.timeout(20_000));
};

let [one, two, three] = ["", "", ""];

beforeAll(() => {
  must("git", ["init", "--quiet", "--bare", "--initial-branch=main", source]);
  const tree = raw(source, "mktree", "--missing");
  [one, two, three] = ["1", "2", "3"].map((message) => raw(source, "commit-tree", "-m", message, tree)) as [string, string, string];
  const refs = {
    "heads/main": one,
    "heads/HEAD": two,
    "tags/three": three,
    "heads/both": one,
    "tags/both": two,
    "heads/same": two,
    "heads/x": one,
    "heads/refs/heads/x": two,
    "heads/refs/heads/gone": two,
    "heads/refs/tags/gone": two,
    "heads/refs/pull/8/head": two,
    [`heads/${three.slice(0, 7)}`]: one,
    "heads/2024": one,
    "tags/files": tree,
    "pull/7/head": raw(source, "commit-tree", "-m", "7", tree),
    "pull/9/head": tree,
    "remotes/origin/main": two,
    "remotes/origin/side": two,
  };
  must("git", ["-C", source, "update-ref", "--stdin"], {
    input: Object.entries(refs)
      .map(([name, object]) => `create refs/${name} ${object}\n`)
      .join(""),
  });
  raw(source, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main");
  raw(source, "tag", "--annotate", "--message", "x", "same", two);
  raw(source, "tag", "--annotate", "--message", "x", "twice", "same");
  raw(source, "tag", "--annotate", "--message", "x", "of-files", tree);
  must("git", ["clone", "--quiet", "--no-checkout", "--no-local", source, clone]);
});

test("a branch and a tag of one name that are two commits are refused with both written out, and told apart by these", async () => {
  for (const from of ["clone", "copy"] as const) {
    await expect(resolve("both", from), from).rejects.toMatchObject({
      code: "ambiguous-ref",
      exitCode: 2,
      hint: expect.stringMatching(/refs\/heads\/both \(.*refs\/tags\/both \(/),
    });
    expect(await resolve("refs/heads/both", from)).toBe(one);
    expect(await resolve("refs/tags/both", from)).toBe(two);
    expect(await resolve("tags/both", from)).toBe(two);
    expect(await resolve("same", from)).toBe(two);
    expect(await resolve("twice", from)).toBe(two);
  }
});

test("a name that is written out is that one, and no branch that is itself called so", async () => {
  for (const from of ["clone", "copy"] as const) {
    expect(await resolve("refs/heads/x", from)).toBe(one);
    expect(await resolve("refs/heads/refs/heads/x", from)).toBe(two);
    for (const ref of ["refs/heads/gone", "refs/tags/gone", "refs/pull/8/head"])
      await expect(resolve(ref, from), ref).rejects.toMatchObject({ code: "bad-ref", exitCode: 2 });
  }
});

test("a pull request's head, which a clone lacks, is fetched by its name", async () => {
  for (const ref of ["refs/pull/7/head", "pull/7/head"]) expect(await resolve(ref)).toBe(raw(source, "rev-parse", "refs/pull/7/head"));
  await expect(resolve("refs/pull/9/head")).rejects.toMatchObject({
    code: "bad-ref",
    message: expect.stringContaining("is a tree, and no commit"),
  });
});

test("a tag of files says that it is one", async () => {
  for (const ref of ["files", "of-files", raw(source, "rev-parse", "of-files")])
    await expect(resolve(ref, "copy")).rejects.toMatchObject({
      code: "bad-ref",
      exitCode: 2,
      message: expect.stringContaining("is a tree, and no commit"),
    });
});

test("what git would read as a way to a commit is a name, and there is none such", async () => {
  for (const ref of ["main~0", "main^0", "main^{commit}", "@", "@{0}", "main@{0}", `x-g${one.slice(0, 7)}`, "FETCH_HEAD", "-"])
    await expect(resolve(ref, "copy"), ref).rejects.toMatchObject({ code: "bad-ref", exitCode: 2 });
});

test("the beginning of an id is that commit, unless a branch of that name is another; of fewer than seven digits, a branch is asked first", async () => {
  expect(await resolve(one.slice(0, 7))).toBe(one);
  expect(await resolve(one.slice(0, 10).toUpperCase())).toBe(one);
  expect(await resolve("2024")).toBe(one);
  await expect(resolve(three.slice(0, 7))).rejects.toMatchObject({ code: "ambiguous-ref", hint: expect.stringContaining(three) });
  expect(await resolve(three.slice(0, 8))).toBe(three);
});

test("HEAD is the main branch, and no branch that is called so", async () => {
  for (const from of ["clone", "copy"] as const) expect(await resolve("HEAD", from)).toBe(one);
});

test("a copy's own branches and HEAD come before what it once fetched", async () => {
  expect(await resolve("main", "copy")).toBe(one);
  expect(await resolve("origin/main", "copy")).toBe(two);
  expect(await resolve("side", "copy")).toBe(two);
  await expect(resolve("refs/heads/side", "copy")).rejects.toMatchObject({ code: "bad-ref" });
});

test("a copy is asked nothing more: a repository among its files that is called origin is not taken for its source", async () => {
  must("git", ["clone", "--quiet", "--bare", source, join(source, "origin")]);
  raw(join(source, "origin"), "update-ref", "refs/planted", one);
  await expect(resolve("planted", "copy")).rejects.toMatchObject({ code: "bad-ref" });
});

test("a repository that git cannot read is told as that, and not as one without a commit", async () => {
  writeFileSync(join(source, "shallow"), "junk\n");
  try {
    for (const ref of ["HEAD", one, "refs/tags/same"])
      await expect(resolve(ref, "copy"), ref).rejects.toMatchObject({
        code: "broken-repository",
        exitCode: 2,
        message: expect.stringMatching(/bad shallow line$/),
      });
  } finally {
    rmSync(join(source, "shallow"));
  }
  writeFileSync(join(source, "refs/heads/lost"), `${"1".repeat(40)}\n`);
  writeFileSync(join(source, "HEAD"), "ref: refs/heads/lost\n");
  for (const ref of ["HEAD", "lost"])
    await expect(resolve(ref, "copy"), ref).rejects.toMatchObject({ code: "broken-repository", exitCode: 2 });
});
