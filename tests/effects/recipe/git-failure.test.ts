import { appendFileSync, cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ChildEnd } from "../../../src/effects/children/child.js";
import { gitFailure } from "../../../src/effects/recipe/git-failure.js";
import { ask, must } from "../../support/children.js";

const root = mkdtempSync(join(tmpdir(), "recipe-ci-git-failure-"));
const source = join(root, "source");
afterAll(() => rmSync(root, { recursive: true, force: true }));

const git = (dir: string, ...args: readonly string[]): string =>
  must("git", ["-C", dir, "-c", "user.name=t", "-c", "user.email=t@localhost", ...args]).trim();

const ended = (code: number | null, stderr: string): ChildEnd => ({
  exitCode: code,
  stderr,
  signal: null,
  stdout: "",
  timedOut: false,
  aborted: false,
  durationMs: 1,
  killedBy: null,
  command: "git",
});

beforeAll(() => {
  must("git", ["init", "--quiet", "--bare", "--initial-branch=main", source]);
  const tree = git(source, "mktree", "--missing");
  const first = git(source, "commit-tree", "-m", "1", tree);
  git(source, "update-ref", "refs/heads/main", git(source, "commit-tree", "-p", first, "-m", "2", tree));
  git(source, "pack-refs", "--all");
});

test.each<readonly [string, RegExp, RegExp, (dir: string) => void]>([
  [
    "whose branch leads to a commit without its parent",
    /corruption|not our ref/,
    /fsck/,
    (dir) => {
      const tree = git(dir, "rev-parse", "main^{tree}");
      writeFileSync(
        join(dir, "commit"),
        `tree ${tree}\nparent ${"1".repeat(40)}\nauthor a <a@b> 1 +0000\ncommitter a <a@b> 1 +0000\n\nm\n`,
      );
      writeFileSync(join(dir, "refs/heads/x"), `${git(dir, "hash-object", "-w", "-t", "commit", "commit")}\n`);
    },
  ],
  ["whose list of shallow commits is junk", /bad shallow line$/, /fsck/, (dir) => writeFileSync(join(dir, "shallow"), "junk\n")],
  [
    "whose packed refs have a line of junk",
    /unexpected line in .*packed-refs$/,
    /fsck/,
    (dir) => appendFileSync(join(dir, "packed-refs"), "junk\n"),
  ],
  ["whose settings cannot be read", /bad config line/, /fsck/, (dir) => appendFileSync(join(dir, "config"), "[junk\n")],
  [
    "of a form that git does not know yet",
    /unknown repository extension found: refother/,
    /newer git/,
    (dir) => {
      git(dir, "config", "core.repositoryformatversion", "1");
      git(dir, "config", "extensions.refother", "reftable");
    },
  ],
  [
    "whose grafts hide a parent",
    /did not receive expected object/,
    /remove info\/grafts/,
    (dir) => writeFileSync(join(dir, "info/grafts"), `${git(dir, "rev-parse", "main")}\n`),
  ],
  [
    "whose grafts name a parent that is not there",
    /corruption on the remote side/,
    /remove info\/grafts/,
    (dir) => writeFileSync(join(dir, "info/grafts"), `${git(dir, "rev-parse", "main")} ${"1".repeat(40)}\n`),
  ],
  [
    "whose objects are borrowed from nowhere",
    /unable to normalize alternate/,
    /objects\/info\/alternates/,
    (dir) => {
      rmSync(join(dir, "objects"), { recursive: true });
      must("mkdir", ["-p", join(dir, "objects/info")]);
      writeFileSync(join(dir, "objects/info/alternates"), "/nowhere/objects\n");
    },
  ],
])("a repository %s is broken, in git's own words, and its forge not silent", (name, said, hint, spoil) => {
  const dir = join(root, name.replace(/\W+/g, "-"));
  cpSync(source, dir, { recursive: true });
  spoil(dir);
  const { code, stderr } = ask("git", ["clone", "--quiet", "--no-local", dir, `${dir}.clone`], { env: { ...process.env, LC_ALL: "C" } });
  const failure = gitFailure("clone", ended(code, stderr));
  expect(failure).toMatchObject({ code: "broken-repository", exitCode: 2 });
  expect(failure.message).toMatch(said);
  expect(failure.hint).toMatch(hint);
});

test("what the other side says of its own disk and memory is not told as this host's", () => {
  for (const trouble of ["no space left on device", "out of memory"])
    expect(gitFailure("clone", ended(128, `remote: fatal: ${trouble}\nfatal: early EOF\n`)).code).toBe("forge-unreachable");
});

test("an object that vanished while a clone asked for it is no ref that somebody mistyped", () => {
  expect(gitFailure("clone", ended(128, "fatal: remote error: upload-pack: not our ref 1\n"))).toMatchObject({ code: "broken-repository" });
  expect(gitFailure("fetch", ended(128, "fatal: remote error: upload-pack: not our ref 1\n"))).toMatchObject({ code: "unknown-ref" });
});
