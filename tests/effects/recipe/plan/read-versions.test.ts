import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { childEnvironment } from "../../../../src/effects/children/environment.js";
import { createChildRegistry } from "../../../../src/effects/children/registry.js";
import { createGit } from "../../../../src/effects/recipe/git.js";
import { allVersions, namedVersion, versionsUpTo } from "../../../../src/effects/recipe/plan/read-versions.js";
import type { Cookie } from "../../../../src/machines/vocabulary.js";
import { must } from "../../../support/children.js";

const root = mkdtempSync(join(tmpdir(), "recipe-ci-versions-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const raw = (...args: readonly string[]): string =>
  must("git", ["-C", root, "-c", "user.name=t", "-c", "user.email=t@localhost", ...args]).trim();

const env = childEnvironment({ cookie: "c" as Cookie, runId: "r", runDir: root, abraDir: root });
const git = createGit({ scope: createChildRegistry().scope("work"), env: () => env, cwd: root });
const signal = (): AbortSignal => AbortSignal.timeout(20_000);

const commits: string[] = [];
const commit = (): string => {
  writeFileSync(join(root, "file"), String(commits.length));
  raw("add", "--all");
  raw("commit", "--quiet", "--message", "More");
  commits.push(raw("rev-parse", "HEAD"));
  return commits.at(-1) ?? "";
};

/** main: one (0.1.0, annotated) - two (0.2.0, lightweight; not a version) - four; beside it: three (0.3.0) off one. */
beforeAll(() => {
  raw("init", "--quiet", "--initial-branch=main");
  commit();
  raw("tag", "--annotate", "--message", "x", "0.1.0+1.0.0");
  commit();
  raw("tag", "0.2.0+1.0.0");
  raw("tag", "latest");
  raw("checkout", "--quiet", "-b", "side", "HEAD~1");
  commit();
  raw("tag", "--annotate", "--message", "x", "0.3.0+1.0.0");
  raw("checkout", "--quiet", "main");
  commit();
  raw("tag", "0.0.1+1.0.0", "HEAD^{tree}");
});

test("annotated and lightweight tags alike are versions, by the commit that they stand for, newest first", async () => {
  expect(await versionsUpTo({ git, dir: root }, commits[3] ?? "", signal())).toEqual([
    { tag: "0.2.0+1.0.0", commit: commits[1] },
    { tag: "0.1.0+1.0.0", commit: commits[0] },
  ]);
});

test("a version from which the commit does not descend is none of its own, and is there for whoever asks for all", async () => {
  expect((await versionsUpTo({ git, dir: root }, commits[2] ?? "", signal())).map(({ tag }) => tag)).toEqual([
    "0.3.0+1.0.0",
    "0.1.0+1.0.0",
  ]);
  expect((await allVersions({ git, dir: root }, signal())).map(({ tag }) => tag)).toEqual(["0.3.0+1.0.0", "0.2.0+1.0.0", "0.1.0+1.0.0"]);
});

test("the version that recipe.yml names is found, and what is no tag of a commit is a wrong setting", async () => {
  expect(await namedVersion({ git, dir: root }, "0.1.0+1.0.0", signal())).toEqual({ tag: "0.1.0+1.0.0", commit: commits[0] });
  for (const tag of ["9.9.9+1", "main", "--all", "0.0.1+1.0.0"])
    await expect(namedVersion({ git, dir: root }, tag, signal()), tag).rejects.toMatchObject({ code: "upgrade-base-unknown", exitCode: 2 });
});

test("a tag of a tag is the version that it leads to in the end, and one that leads to files alone is none", async () => {
  raw("tag", "--annotate", "--message", "x", "0.1.1+1.0.0", "0.1.0+1.0.0");
  raw("tag", "--annotate", "--message", "x", "0.1.2+1.0.0", "0.1.1+1.0.0");
  raw("tag", "--annotate", "--message", "x", "0.1.3+1.0.0", "HEAD^{tree}");
  raw("tag", "--annotate", "--message", "x", "0.1.4+1.0.0", "0.1.3+1.0.0");
  const found = await allVersions({ git, dir: root }, signal());
  raw("tag", "--delete", "0.1.1+1.0.0", "0.1.2+1.0.0", "0.1.3+1.0.0", "0.1.4+1.0.0");
  expect(found.filter(({ tag }) => tag.startsWith("0.1."))).toEqual([
    { tag: "0.1.2+1.0.0", commit: commits[0] },
    { tag: "0.1.1+1.0.0", commit: commits[0] },
    { tag: "0.1.0+1.0.0", commit: commits[0] },
  ]);
});

test("of two thousand tags of tags only the newest twenty are asked where they lead: each takes calls of git", async () => {
  const inner = raw("rev-parse", "0.1.0+1.0.0");
  const outer = must("git", ["-C", root, "mktag"], {
    input: `object ${inner}\ntype tag\ntag outer\ntagger t <t@localhost> 1 +0000\n\nx\n`,
  }).trim();
  const names = Array.from({ length: 2_000 }, (_, index) => `refs/tags/9.${index}.0+1.0.0`);
  must("git", ["-C", root, "update-ref", "--stdin"], { input: names.map((name) => `create ${name} ${outer}\n`).join("") });
  let calls = 0;
  const counted: typeof git = (...args) => ((calls += 1), git(...args));
  const found = await allVersions({ git: counted, dir: root }, signal());
  expect(found.filter(({ tag }) => tag.startsWith("9."))).toHaveLength(20);
  expect(calls).toBeLessThan(100);
});
