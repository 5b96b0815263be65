import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { must } from "../../support/children.js";
import { failureOf } from "../../support/failure-of.js";
import { fetchingPlace, gitIn, makeRepository } from "../../support/recipe-source.js";

describe("a staged copy", () => {
  test("is tested at its own HEAD, ahead of what it once fetched, by its commit and nothing that lies beside that", async () => {
    const { root, dir, notes, fetch, staged } = fetchingPlace();
    makeRepository(join(root, "forge"), { "compose.yml": "services: {}\n", "kept.yml": "", "left.yml": "" });
    mkdirSync(join(staged, ".."), { recursive: true });
    gitIn(root, "clone", "--quiet", join(root, "forge"), staged);
    gitIn(staged, "commit", "--quiet", "--allow-empty", "--message", "Staged");
    // What a sparse checkout, a crash and a hand leave behind.
    gitIn(staged, "sparse-checkout", "set", "--no-cone", "/kept.yml");
    writeFileSync(join(staged, ".git", "index.lock"), "");
    writeFileSync(join(staged, "kept.yml"), "changed: here\n");
    writeFileSync(join(staged, "compose.planted.yml"), "services: {}\n");
    expect(await fetch(null)).toBe(gitIn(staged, "rev-parse", "HEAD"));
    expect(readdirSync(dir).sort()).toEqual([".git", "compose.yml", "kept.yml", "left.yml"]);
    expect(readFileSync(join(dir, "kept.yml"), "utf8")).toBe("");
    expect(notes).toEqual([`${staged} has uncommitted changes: they are NOT tested, only what is committed`]);
    expect(gitIn(dir, "status", "--porcelain")).toBe("");
  });

  test("whose git folder is none is told as that: no repository that lies around the runs folder is taken, or touched, in its place", async () => {
    const { root, fetch, staged } = fetchingPlace();
    makeRepository(root, { mine: "committed\n" });
    writeFileSync(join(root, "mine"), "changed\n");
    makeRepository(staged);
    writeFileSync(join(staged, ".git", "HEAD"), "junk\n");
    for (const ref of [null, "main"]) await expect(fetch(null, ref)).rejects.toMatchObject({ code: "unknown-repository", exitCode: 2 });
    expect(readFileSync(join(root, "mine"), "utf8")).toBe("changed\n");
  });

  test.each([
    ["objects/info/alternates", (other: string) => `${other}/objects\n`],
    ["commondir", (other: string) => `${other}\n`],
  ])("that reads another repository by way of %s is refused with what to do", async (name, content) => {
    const { root, fetch, staged } = fetchingPlace();
    const other = join(makeRepository(join(root, "other")), ".git");
    makeRepository(staged);
    writeFileSync(join(staged, ".git", name), content(other));
    await expect(fetch(null)).rejects.toMatchObject({
      code: "source-unusable",
      exitCode: 2,
      message: expect.stringMatching(new RegExp(`borrows from another \\(\\.git/${name}\\).*git clone --no-local`)),
    });
  });

  test("with a link among git's own files is refused: it may lead elsewhere by the time that it is copied", async () => {
    const { fetch, staged } = fetchingPlace();
    makeRepository(staged);
    symlinkSync("../compose.yml", join(staged, ".git", "packed-refs"));
    await expect(fetch(null)).rejects.toMatchObject({
      code: "recipe-file-refused",
      exitCode: 2,
      message: expect.stringContaining(".git/packed-refs"),
    });
  });
});

test.each(["packed-refs", "shallow", "info/grafts", "objects/info/alternates"])(
  "a line of a host's file to which a source's .git/%s leads is not shown",
  async (name) => {
    const { root, fetch } = fetchingPlace();
    const source = makeRepository(join(root, "source"));
    const secret = join(root, "secret");
    writeFileSync(secret, "root:of-the-host\n");
    rmSync(join(source, ".git", "objects"), { recursive: true });
    mkdirSync(join(source, ".git", "objects", "info"), { recursive: true });
    symlinkSync(secret, join(source, ".git", name));
    const failure = String(await failureOf(fetch(source)));
    expect(failure).toContain("git clone: ");
    expect(failure).not.toContain("of-the-host");
  },
);

test("a source whose git folder is none is told as that, and no other of a like name is taken in its place", async () => {
  const { root, fetch } = fetchingPlace();
  makeRepository(join(root, "box.git"));
  writeFileSync(join(makeRepository(join(root, "box")), ".git", "HEAD"), "junk\n");
  must("git", ["init", "--quiet", "--bare", join(root, "bare")]);
  writeFileSync(join(root, "bare", "HEAD"), "junk\n");
  renameSync(join(root, "box.git", ".git"), join(root, "bare.git"));
  makeRepository(join(root, "box.git", "."));
  for (const name of ["box", "bare"])
    await expect(fetch(join(root, name)), name).rejects.toMatchObject({ code: "unknown-recipe", exitCode: 2 });
});

test("a folder is staged with all that is in it, whatever it or the user would have git ignore, and byte for byte", async () => {
  const { root, dir, fetch } = fetchingPlace();
  const folder = join(root, "folder");
  mkdirSync(folder);
  const files = { ".gitattributes": "* text=auto working-tree-encoding=UTF-16\n", ".gitignore": "*.yml\n", "compose.yml": "a: 1\r\n" };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  await fetch(folder);
  expect(gitIn(dir, "ls-files").split("\n")).toEqual(Object.keys(files));
  for (const [name, text] of Object.entries(files)) expect(Number(gitIn(dir, "cat-file", "-s", `HEAD:${name}`)), name).toBe(text.length);
});

test("a commit is laid out byte for byte, whatever its .gitattributes would have git make of it", async () => {
  const { root, dir, fetch } = fetchingPlace();
  const compose = 'x: "$Id: of the author $"\n';
  const source = makeRepository(join(root, "source"), { "compose.yml": compose });
  writeFileSync(join(source, ".gitattributes"), "[attr]made ident eol=crlf\n* made\nREADME working-tree-encoding=UTF-16\n");
  writeFileSync(join(source, "README"), "");
  gitIn(source, "add", ".gitattributes");
  gitIn(source, "commit", "--quiet", "--message", "Attributes");
  await fetch(source);
  expect(readFileSync(join(dir, "compose.yml"), "utf8")).toBe(compose);
  expect(gitIn(dir, "status", "--porcelain")).toBe("");
});

test.each([
  ["as it is", `${"**/a/".repeat(12)}b text`],
  ["by its number", `"${"*\\052/a/".repeat(12)}b" text`],
])(
  "a .gitattributes with a pattern that git would take minutes for, spelled %s, is refused before git lays anything out",
  async (_, pattern) => {
    const { root, dir, fetch } = fetchingPlace();
    const source = makeRepository(join(root, "source"));
    const deep = join(source, "a/".repeat(100));
    mkdirSync(deep, { recursive: true });
    writeFileSync(join(deep, "c"), "");
    gitIn(source, "add", "--all");
    writeFileSync(join(root, "attributes"), `${pattern}\n`);
    // Into no index: git would look at the pattern as it writes one.
    const blob = gitIn(source, "hash-object", "-w", "--no-filters", join(root, "attributes"));
    const tree = must("git", ["-C", source, "mktree"], {
      input: `${gitIn(source, "ls-tree", gitIn(source, "write-tree"))}\n100644 blob ${blob}\t.gitattributes\n`,
    });
    gitIn(source, "update-ref", "HEAD", gitIn(source, "commit-tree", "-m", "Deep", tree));
    await expect(fetch(join(source, ".git"))).rejects.toMatchObject({
      code: "recipe-file-refused",
      exitCode: 1,
      message: expect.stringContaining(".gitattributes is refused: a pattern of it has ** more than 2 times"),
    });
    expect(readdirSync(dir)).toEqual([".git"]);
  },
);

test("a submodule that .gitmodules does not speak of is named as not fetched too", async () => {
  const { root, dir, notes, fetch } = fetchingPlace();
  const source = makeRepository(join(root, "source"));
  gitIn(source, "update-index", "--add", "--cacheinfo", `160000,${gitIn(source, "rev-parse", "HEAD")},vendor/part`);
  gitIn(source, "commit", "--quiet", "--message", "With a part");
  rmSync(join(source, "vendor"), { recursive: true, force: true });
  await fetch(join(source, ".git"));
  expect(notes).toEqual(["the recipe's submodules are not fetched: vendor/part"]);
  expect(existsSync(join(dir, "vendor", "part", "compose.yml"))).toBe(false);
});
