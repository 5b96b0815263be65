import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { must, startTalking } from "../../support/children.js";
import { fetchingPlace, gitIn, makeRepository } from "../../support/recipe-source.js";

/** Whatever of a repository's own settings names a program. */
const arm = (source: string, trap: string, url = "ssh://127.0.0.1:1/x"): void => {
  const settings = {
    "core.fsmonitor": trap,
    "core.sshCommand": trap,
    "core.gitProxy": trap,
    "core.askPass": trap,
    "core.alternateRefsCommand": trap,
    "core.hooksPath": join(trap, "..", "hooks"),
    "core.pager": trap,
    "core.editor": trap,
    "credential.helper": trap,
    "gpg.program": trap,
    "gpg.ssh.program": trap,
    "log.showSignature": "true",
    "tag.gpgSign": "true",
    "commit.gpgSign": "true",
    "uploadpack.packObjectsHook": trap,
    "remote.origin.url": url,
    "remote.origin.uploadpack": trap,
    "remote.origin.vcs": "ext",
    "remote.origin.promisor": "true",
    "protocol.ext.allow": "always",
    "safe.directory": "*",
    "url.ext::sh -c trap.insteadOf": "ssh://",
    "filter.evil.clean": trap,
    "filter.evil.smudge": trap,
    "filter.evil.process": trap,
    "diff.evil.command": trap,
    "diff.evil.textconv": trap,
    "merge.evil.driver": trap,
    "submodule.recurse": "true",
    "trace2.normalTarget": join(trap, "..", "ran"),
  };
  mkdirSync(join(trap, "..", "hooks"), { recursive: true });
  for (const hook of ["post-checkout", "pre-auto-gc", "reference-transaction", "post-index-change", "fsmonitor-watchman"])
    writeFileSync(join(trap, "..", "hooks", hook), `#!/bin/sh\nexec ${trap}\n`, { mode: 0o755 });
  const file = join(trap, "..", "evil.config");
  for (const [key, value] of Object.entries(settings)) must("git", ["config", "--file", file, key, value]);
  // By an include, as a repository's settings may come from anywhere.
  appendFileSync(join(source, ".git", "config"), `[include]\n\tpath = ${file}\n`);
  writeFileSync(join(source, ".git", "info", "attributes"), "* filter=evil diff=evil merge=evil\n");
};

describe("nothing that a repository's settings name is run:", () => {
  test("of a source and of a staged copy with changes", async () => {
    const { root, notes, fetch, trap, staged, hasRun } = fetchingPlace();
    const source = makeRepository(join(root, "source"));
    makeRepository(staged);
    for (const dir of [source, staged]) {
      arm(dir, trap);
      writeFileSync(join(dir, "compose.yml"), "services: { }\n");
    }
    await fetch(source);
    await fetch(null);
    expect(notes.filter((note) => note.includes("uncommitted changes"))).toHaveLength(2);
    expect(hasRun()).toBe(false);
  });

  test.each(["ssh://127.0.0.1:1/x", "ext::sh -c trap", "git://127.0.0.1:1/x", "http://127.0.0.1:9/x", "file:///nowhere", "/nowhere"])(
    "of a partial clone that would fetch what it lacks from %s",
    async (url) => {
      const { root, fetch, trap, staged, hasRun } = fetchingPlace();
      const whole = makeRepository(join(root, "whole"));
      gitIn(whole, "config", "uploadpack.allowFilter", "true");
      for (const dir of [join(root, "partial"), staged]) {
        must("git", ["clone", "--quiet", "--no-local", "--no-checkout", "--filter=blob:none", whole, dir]);
        arm(dir, trap, url);
      }
      await expect(fetch(join(root, "partial"))).rejects.toMatchObject({
        code: "broken-repository",
        exitCode: 2,
        hint: expect.stringContaining("partial clone"),
      });
      await expect(fetch(null)).rejects.toMatchObject({ code: "broken-repository", exitCode: 2 });
      expect(hasRun()).toBe(false);
    },
  );
});

test("settings without an end are told as such", async () => {
  const { root, fetch } = fetchingPlace();
  const source = makeRepository(join(root, "source"));
  gitIn(source, "config", "include.path", "/dev/zero");
  await expect(fetch(source)).rejects.toMatchObject({
    code: "broken-repository",
    exitCode: 2,
    message: expect.stringContaining("bad config line 1 in file /dev/zero"),
  });
});

test("a list of files to be ignored that is a FIFO is not waited for", async () => {
  const { root, notes, fetch } = fetchingPlace();
  const source = makeRepository(join(root, "source"));
  must("mkfifo", [join(root, "fifo")]);
  gitIn(source, "config", "core.excludesFile", join(root, "fifo"));
  await fetch(source);
  expect(notes).toEqual([]);
});

test("of a tag with a broken signature its commit is taken, and nobody is asked about the signature", async () => {
  const { root, fetch, trap, hasRun } = fetchingPlace();
  const source = makeRepository(join(root, "source"));
  const commit = gitIn(source, "rev-parse", "HEAD");
  const text = `object ${commit}\ntype commit\ntag 1.0.0\ntagger t <t@localhost> 1 +0000\n\nm\n-----BEGIN PGP SIGNATURE-----\n\nnone\n-----END PGP SIGNATURE-----\n`;
  gitIn(source, "update-ref", "refs/tags/1.0.0", must("git", ["-C", source, "hash-object", "-t", "tag", "-w", "--stdin"], { input: text }));
  arm(source, trap);
  expect(await fetch(source, "1.0.0")).toBe(commit);
  expect(hasRun()).toBe(false);
});

test("what a source's replace ref puts behind a commit, or its mailmap makes of its author, is not what is tested", async () => {
  const { root, dir, fetch } = fetchingPlace();
  const source = makeRepository(join(root, "source"), { "compose.yml": "services: {}\n", ".mailmap": "x <x@y> t <t@localhost>\n" });
  const commit = gitIn(source, "rev-parse", "HEAD");
  writeFileSync(join(source, "compose.yml"), "services: { planted: {} }\n");
  gitIn(source, "commit", "--quiet", "--all", "--message", "Other");
  const other = gitIn(source, "rev-parse", "HEAD");
  gitIn(source, "reset", "--quiet", "--hard", commit);
  gitIn(source, "replace", commit, other);
  expect(await fetch(join(source, ".git"))).toBe(commit);
  expect(readFileSync(join(dir, "compose.yml"), "utf8")).toBe("services: {}\n");
});

test("names that differ in case alone are files and branches of their own", async () => {
  const { root, dir, fetch } = fetchingPlace();
  const source = makeRepository(join(root, "source"), { "compose.yml": "a: 1\n", "Compose.yml": "b: 1\n" });
  const first = gitIn(source, "rev-parse", "HEAD");
  gitIn(source, "branch", "X");
  gitIn(source, "commit", "--quiet", "--allow-empty", "--message", "Two");
  gitIn(source, "branch", "x");
  gitIn(source, "config", "core.ignoreCase", "true");
  expect(await fetch(source, "X")).toBe(first);
  expect(await fetch(source, "x")).toBe(gitIn(source, "rev-parse", "HEAD"));
  expect(readdirSync(dir).sort()).toEqual([".git", "Compose.yml", "compose.yml"]);
});

test("a source of SHA-256 is taken at a commit of 64 digits, also by its first 40", async () => {
  const { root, fetch } = fetchingPlace();
  const source = join(root, "source");
  must("git", ["init", "--quiet", "--object-format=sha256", "--initial-branch=main", source]);
  gitIn(source, "commit", "--quiet", "--allow-empty", "--message", "One");
  const commit = gitIn(source, "rev-parse", "HEAD");
  gitIn(source, "commit", "--quiet", "--allow-empty", "--message", "Two");
  for (const kind of ["heads", "tags"]) gitIn(source, "update-ref", `refs/${kind}/${commit.slice(0, 40)}`, "HEAD");
  expect(commit).toHaveLength(64);
  for (const ref of [commit, commit.slice(0, 40), commit.slice(0, 9)]) expect(await fetch(source, ref)).toBe(commit);
  await fetch(source, "main");
});

test("a lock that a killed git left behind hinders nobody", async () => {
  const { root, fetch, staged } = fetchingPlace();
  for (const dir of [makeRepository(join(root, "source")), makeRepository(staged)]) {
    for (const name of ["index.lock", "HEAD.lock", "packed-refs.lock", "config.lock", "shallow.lock", "refs/heads/main.lock"])
      writeFileSync(join(dir, ".git", name), "");
  }
  await fetch(join(root, "source"), "main");
  await fetch(null, "main");
});

test("objects that a source borrows from another repository are taken along: nothing of that one is needed later", async () => {
  const { root, dir, fetch } = fetchingPlace();
  must("git", ["clone", "--quiet", "--shared", makeRepository(join(root, "lender")), join(root, "source")]);
  const commit = await fetch(join(root, "source"));
  rmSync(join(root, "lender"), { recursive: true });
  rmSync(join(root, "source"), { recursive: true });
  gitIn(dir, "fsck", "--strict");
  expect(gitIn(dir, "rev-parse", "HEAD")).toBe(commit);
});

test("a branch that is pushed over and over while it is fetched is one of its commits, as a whole", async () => {
  const { root, dir, fetch } = fetchingPlace();
  const source = makeRepository(join(root, "source"), { state: "one" });
  const commits = new Map([[gitIn(source, "rev-parse", "HEAD"), "one"]]);
  writeFileSync(join(source, "state"), "two");
  gitIn(source, "commit", "--quiet", "--all", "--amend", "--message", "Two");
  commits.set(gitIn(source, "rev-parse", "HEAD"), "two");
  const pushing = startTalking("sh", [
    "-c",
    `while true; do for commit in ${[...commits.keys()].join(" ")}; do git -C "$0" update-ref refs/heads/main $commit; done; done`,
    source,
  ]);
  try {
    for (let round = 0; round < 5; round += 1) {
      const commit = await fetch(join(source, ".git"), "main");
      expect(readFileSync(join(dir, "state"), "utf8")).toBe(commits.get(commit));
    }
  } finally {
    pushing.kill("SIGKILL");
    await pushing.ended;
  }
});
