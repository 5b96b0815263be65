import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer as createHttp, type Server } from "node:http";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { childEnvironment } from "../../../src/effects/children/environment.js";
import { createChildRegistry } from "../../../src/effects/children/registry.js";
import { fetchRecipe } from "../../../src/effects/recipe/fetch-recipe.js";
import { createGit } from "../../../src/effects/recipe/git.js";
import { parseSource } from "../../../src/effects/recipe/source-address.js";
import type { Cookie } from "../../../src/machines/vocabulary.js";
import { ask, must, startTalking } from "../../support/children.js";
import { makeRepository } from "../../support/recipe-source.js";
import { testWith } from "../../support/programs.js";

const registry = createChildRegistry();
let root: string;
let notes: string[];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "recipe-ci-fetch-"));
  notes = [];
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const at = (...parts: readonly string[]): string => join(root, ...parts);
const git = (dir: string, ...args: readonly string[]): string =>
  must("git", ["-C", dir, "-c", "user.name=t", "-c", "user.email=t@localhost", "-c", "protocol.file.allow=always", ...args]).trim();

const repository = (name = "source", more?: (dir: string) => void): string => {
  const dir = at(name);
  if (more === undefined) return makeRepository(dir);
  mkdirSync(dir);
  writeFileSync(join(dir, "compose.yml"), "services: {}\n");
  more(dir);
  git(dir, "init", "--quiet", "--initial-branch=main");
  git(dir, "add", "--all");
  git(dir, "commit", "--quiet", "--message", "One");
  return dir;
};

interface Given {
  readonly ref?: string;
  readonly skipFetch?: boolean;
  readonly path?: string;
  readonly signal?: AbortSignal;
}

const dir = (): string => at("copy");

const fetch = (address: string, { ref, skipFetch = false, path, signal = AbortSignal.timeout(20_000) }: Given = {}): Promise<string> => {
  const { source, credentials } = parseSource(address);
  const env = {
    ...childEnvironment({ cookie: "c" as Cookie, runId: "r", runDir: root, abraDir: at("abra") }),
    ...(path === undefined ? {} : { PATH: path }),
  };
  const git = createGit({ scope: registry.scope("work"), env: () => env, cwd: root, credentials });
  const settings = {
    git,
    canonical: at("canonical"),
    skipFetch,
    repositoryOf: async () => at("nowhere"),
    note: (line: string) => notes.push(line),
  };
  return fetchRecipe(settings, { recipe: "box", source, ref: ref ?? null, dir: dir() }, signal);
};

const failsWith = (code: string, exitCode: number, said: RegExp = /./) => ({
  code,
  exitCode,
  message: expect.stringMatching(said) as string,
});
const fifo = (path: string): void => void must("mkfifo", [path]);
/** A program that leaves a mark where it runs. */
const trap = (name = "trap.sh"): string => {
  writeFileSync(at(name), `#!/bin/sh\necho ran >> ${at("ran")}\n`, { mode: 0o755 });
  return at(name);
};
const ran = (): boolean => existsSync(at("ran"));

describe("a source is a repository:", () => {
  test("a linked worktree is one, at its own branch", async () => {
    const main = repository();
    git(main, "worktree", "add", "--quiet", at("tree"), "-b", "feature");
    writeFileSync(at("tree", "more.yml"), "x: 1\n");
    git(at("tree"), "add", "--all");
    git(at("tree"), "commit", "--quiet", "--message", "Two");
    writeFileSync(at("tree", "uncommitted"), "");
    expect(await fetch(at("tree"))).toBe(git(at("tree"), "rev-parse", "HEAD"));
    expect(existsSync(join(dir(), "more.yml"))).toBe(true);
    expect(notes.join()).toContain("uncommitted changes");
  });

  test("a bare one, a bundle, one with a symlink to it, and a file:// address are", async () => {
    const source = repository();
    const commit = git(source, "rev-parse", "HEAD");
    git(root, "clone", "--quiet", "--bare", source, at("bare.git"));
    git(source, "bundle", "create", "--quiet", at("all.bundle"), "HEAD", "main");
    symlinkSync(source, at("link"));
    for (const address of [at("bare.git"), at("all.bundle"), at("link"), `file://${source}`])
      expect(await fetch(address), address).toBe(commit);
    expect(notes).toEqual([]);
  });

  testWith("root")("somebody else's is refused by git's own guard, and nothing that its owner wrote there is run", async () => {
    const source = repository();
    git(source, "config", "core.fsmonitor", trap());
    chownSync(source, 65_534, 65_534);
    must("chown", ["--recursive", "65534", source]);
    await expect(fetch(source)).rejects.toMatchObject(failsWith("foreign-repository", 2, /dubious ownership/));
    expect(ran()).toBe(false);
  });

  testWith("root")("somebody else's is taken where the user's own git settings allow it, and still nothing there is run", async () => {
    const source = repository();
    git(source, "config", "core.fsmonitor", trap());
    must("chown", ["--recursive", "65534", source]);
    vi.stubEnv("HOME", root);
    try {
      writeFileSync(at(".gitconfig"), `[safe]\n\tdirectory = /elsewhere\n`);
      await expect(fetch(source)).rejects.toMatchObject(failsWith("foreign-repository", 2));
      writeFileSync(at(".gitconfig"), `[safe]\n\tdirectory = ${source}\n\tdirectory = ${source}/.git\n[core]\n\thooksPath = /nowhere\n`);
      expect(await fetch(source)).toMatch(/^[0-9a-f]{40}$/);
    } finally {
      vi.unstubAllEnvs();
    }
    expect(ran()).toBe(false);
    expect(existsSync(`${dir()}.gitconfig`)).toBe(false);
  });

  test("monitors, hooks and filters that are set in it are not run", async () => {
    const source = repository("source", (folder) => writeFileSync(join(folder, ".gitattributes"), "* filter=evil diff=evil\n"));
    const program = trap();
    for (const key of [
      "core.fsmonitor",
      "filter.evil.clean",
      "filter.evil.smudge",
      "filter.evil.process",
      "diff.evil.textconv",
      "core.sshCommand",
      "core.pager",
      "uploadpack.packObjectsHook",
    ])
      git(source, "config", key, program);
    git(source, "config", "filter.evil.required", "true");
    mkdirSync(join(source, ".git", "hooks"), { recursive: true });
    for (const hook of ["post-checkout", "reference-transaction", "pre-commit"])
      writeFileSync(join(source, ".git", "hooks", hook), `#!/bin/sh\nexec ${program}\n`, { mode: 0o755 });
    writeFileSync(join(source, "compose.yml"), "services: { }\n");
    await fetch(source);
    expect(notes.join()).toContain("uncommitted changes");
    expect(ran()).toBe(false);
  });

  test("what a staged copy's own settings would run is not copied, and neither is its address's password", async () => {
    const source = repository();
    git(source, "branch", "side");
    mkdirSync(at("canonical", "recipes"), { recursive: true });
    git(root, "clone", "--quiet", source, at("canonical", "recipes", "box"));
    const staged = at("canonical", "recipes", "box");
    const program = trap();
    git(staged, "config", "remote.origin.url", "https://bot:PLANTED@forge.test/box.git");
    git(staged, "config", "filter.evil.smudge", program);
    writeFileSync(at("more.config"), `[core]\n\tfsmonitor = ${program}\n`);
    git(staged, "config", "include.path", at("more.config"));
    writeFileSync(join(staged, ".git", "hooks", "post-checkout"), `#!/bin/sh\nexec ${program}\n`, { mode: 0o755 });
    writeFileSync(join(staged, ".git", "info", "attributes"), "* filter=evil\n");
    expect(await fetch(at("unused"), { skipFetch: true, ref: "side" })).toBe(git(source, "rev-parse", "side"));
    const config = readFileSync(join(dir(), ".git", "config"), "utf8");
    expect(config).not.toMatch(/PLANTED|evil|include|fsmonitor/);
    expect(ran()).toBe(false);
  });

  test("what a replace ref of a staged copy puts behind the commit is not what is tested", async () => {
    const staged = at("canonical", "recipes", "box");
    mkdirSync(at("canonical", "recipes"), { recursive: true });
    git(root, "clone", "--quiet", repository(), staged);
    const commit = git(staged, "rev-parse", "HEAD");
    writeFileSync(join(staged, "compose.yml"), "services: { planted: {} }\n");
    git(staged, "commit", "--quiet", "--all", "--message", "Other");
    git(staged, "replace", commit, "HEAD");
    git(staged, "reset", "--quiet", "--hard", commit);
    expect(await fetch(at("unused"), { skipFetch: true })).toBe(commit);
    expect(readFileSync(join(dir(), "compose.yml"), "utf8")).toBe("services: {}\n");
  });

  test("a FIFO among git's own files is found before git waits for it, and one in the worktree hinders nobody", async () => {
    const source = repository();
    fifo(join(source, "agent.sock"));
    await fetch(source);
    rmSync(join(source, ".git", "HEAD"));
    fifo(join(source, ".git", "HEAD"));
    await expect(fetch(source)).rejects.toMatchObject(failsWith("source-unusable", 2, /HEAD is not a regular file/));
  });

  // git reads such a file until its memory is full.
  test("a link to an endless device among git's own files is found before git reads it, and one that leads nowhere hinders nobody", async () => {
    const source = repository();
    symlinkSync(at("nowhere-at-all"), join(source, ".git", "info", "sparse-checkout"));
    await fetch(source);
    symlinkSync("/dev/zero", join(source, ".git", "info", "grafts"));
    await expect(fetch(source)).rejects.toMatchObject(failsWith("source-unusable", 2, /grafts is not a regular file/));
  });

  test.each<readonly [string, (git: string) => void]>([
    ["is nonsense", (path) => writeFileSync(path, "nonsense\n")],
    ["names a folder that is not there", (path) => writeFileSync(path, "gitdir: /nowhere\n")],
    ["is a FIFO", fifo],
    ["is a symlink to a device", (path) => symlinkSync("/dev/zero", path)],
  ])("one whose .git %s is refused at once", async (_, make) => {
    mkdirSync(at("odd"));
    make(at("odd", ".git"));
    await expect(fetch(at("odd"))).rejects.toMatchObject(failsWith("source-unusable", 2, /\.git/));
  });

  test("one without a commit says so", async () => {
    mkdirSync(at("empty"));
    git(at("empty"), "init", "--quiet");
    await expect(fetch(at("empty"))).rejects.toMatchObject(failsWith("empty-repository", 2, /no commit/));
  });

  test("one whose main branch is not there is not told to have no commit", async () => {
    const source = repository();
    git(source, "symbolic-ref", "HEAD", "refs/heads/gone");
    await expect(fetch(source)).rejects.toMatchObject(failsWith("empty-repository", 2, /none on its main branch/));
  });

  const tree = (source: string, entries: readonly string[]): string =>
    must("git", ["-C", source, "mktree"], { input: entries.map((entry) => `${entry}\n`).join("") });
  const ten = (entry: string): readonly string[] => Array.from({ length: 10 }, (_, index) => `${entry}${index}`);

  test.each<readonly [string, (source: string) => string]>([
    ["as files", (source) => tree(source, ten(`100644 blob ${git(source, "rev-parse", "HEAD:compose.yml")}\tf`))],
    ["as folders without a file", (source) => tree(source, [])],
    [
      "as bytes",
      (source) => (
        writeFileSync(join(source, "zeros"), Buffer.alloc(1024 * 1024)),
        tree(source, ten(`100644 blob ${git(source, "hash-object", "-w", "zeros")}\tf`))
      ),
    ],
  ])("a few objects that come to 10^8 times as much, %s, are refused before they are laid out", async (_, leaf) => {
    const source = repository();
    let top = leaf(source);
    for (let level = 0; level < 8; level += 1) top = tree(source, ten(`040000 tree ${top}\td`));
    git(source, "update-ref", "refs/heads/main", git(source, "commit-tree", "-m", "Bomb", tree(source, [`040000 tree ${top}\tbomb`])));
    // Bare: git looks for uncommitted changes in no tree of such a size.
    await expect(fetch(join(source, ".git"))).rejects.toMatchObject(failsWith("recipe-too-large", 1));
    expect(existsSync(join(dir(), "bomb"))).toBe(false);
  });

  const full = "no space left on device";
  const linkTo = (source: string, target: string): string => (
    writeFileSync(at("target"), target),
    git(source, "hash-object", "-w", at("target"))
  );

  test.each<readonly [string, string, RegExp, (source: string) => string]>([
    [
      "a name of 300 bytes",
      "recipe-file-refused",
      /longer than 255 bytes/,
      (source) => `100644 blob ${git(source, "rev-parse", "HEAD:compose.yml")}\t${full}${"n".repeat(277)}`,
    ],
    [
      "a folder of such a name",
      "recipe-file-refused",
      /longer than 255 bytes/,
      (source) => `040000 tree ${git(source, "rev-parse", "HEAD^{tree}")}\t${full}${"é".repeat(140)}`,
    ],
    ["a link to nothing", "broken-repository", /unable to create symlink/, (source) => `120000 blob ${linkTo(source, "")}\t${full}`],
    [
      "a link of 5,000 bytes",
      "broken-repository",
      /File name too long/,
      (source) => `120000 blob ${linkTo(source, "x".repeat(5_000))}\t${full}`,
    ],
    [
      "a .git in a folder",
      "broken-repository",
      /invalid path/,
      (source) => `040000 tree ${tree(source, [`100644 blob ${git(source, "rev-parse", "HEAD:compose.yml")}\t.git`])}\t${full}`,
    ],
  ])("what no disk takes, %s, is the recipe's fault and not told as the host's, whatever it is called", async (_, code, said, entry) => {
    const source = repository();
    git(source, "update-ref", "refs/heads/main", git(source, "commit-tree", "-m", "Odd", tree(source, [entry(source)])));
    await expect(fetch(join(source, ".git"))).rejects.toMatchObject(failsWith(code, 2, said));
  });

  test("folders so deep that their path would be longer than the system's, with the run's own before it, are refused before they are laid out", async () => {
    const source = repository();
    let top = git(source, "rev-parse", "HEAD^{tree}");
    for (let level = 0; level < 19; level += 1) top = tree(source, [`040000 tree ${top}\t${"d".repeat(200)}`]);
    git(source, "update-ref", "refs/heads/main", git(source, "commit-tree", "-m", "Deep", top));
    await expect(fetch(join(source, ".git"))).rejects.toMatchObject(failsWith("recipe-too-large", 1));
  });

  test("submodules are named as not fetched", async () => {
    const part = repository("part");
    const source = repository();
    git(source, "submodule", "--quiet", "add", part, "vendor/part");
    git(source, "commit", "--quiet", "--message", "With a part");
    await fetch(source);
    expect(notes).toEqual(["the recipe's submodules are not fetched: vendor/part"]);
    expect(existsSync(join(dir(), "vendor", "part", "compose.yml"))).toBe(false);
  });

  test.each([
    ["a link out of it", (folder: string) => symlinkSync("/etc/passwd", join(folder, "abra.sh")), 1],
    ["a newline in a name", (folder: string) => writeFileSync(join(folder, "a\nb"), ""), 2],
  ])("%s is found before anybody reads in it", async (_, make, exitCode) => {
    await expect(fetch(repository("source", make))).rejects.toMatchObject(failsWith("recipe-file-refused", exitCode));
  });
});

describe("a source is a folder:", () => {
  test.each<readonly [string, (folder: string) => void, RegExp]>([
    ["a FIFO", (folder) => fifo(join(folder, "agent.sock")), /agent\.sock .*FIFO/],
    ["a link out", (folder) => symlinkSync("/etc", join(folder, "etc")), /etc .*leads out/],
    ["a link to an endless device", (folder) => symlinkSync("/dev/zero", join(folder, "abra.sh")), /leads out/],
  ])("with %s it is refused by name, with exit code 2", async (_, make, said) => {
    mkdirSync(at("folder"));
    make(at("folder"));
    await expect(fetch(at("folder"))).rejects.toMatchObject(failsWith("recipe-file-refused", 2, said));
  });

  test("an empty one, and one that happens to hold a file named HEAD, are staged", async () => {
    mkdirSync(at("folder"));
    await fetch(at("folder"));
    writeFileSync(at("folder", "HEAD"), "mine");
    await fetch(at("folder"));
    expect(readFileSync(join(dir(), "HEAD"), "utf8")).toBe("mine");
  });

  test("repositories inside of it are plain folders, whatever their .git is", async () => {
    mkdirSync(at("folder", "vendor", "part", ".git"), { recursive: true });
    mkdirSync(at("folder", "vendor", "other", ".GIT"), { recursive: true });
    writeFileSync(at("folder", "vendor", "part", "f"), "");
    fifo(at("folder", "vendor", "part", ".git", "HEAD"));
    writeFileSync(at("folder", "vendor", ".git"), "gitdir: /nowhere\n");
    await fetch(at("folder"));
    expect(git(dir(), "ls-files")).toBe("vendor/part/f");
  });

  testWith("root")("with a device in it, it is refused by name", async () => {
    mkdirSync(at("folder"));
    must("mknod", [at("folder", "zero"), "c", "1", "5"]);
    await expect(fetch(at("folder"))).rejects.toMatchObject(failsWith("recipe-file-refused", 2, /zero .*a device/));
  });

  test("one inside of a repository is staged by itself, whatever lies around it", async () => {
    const source = repository("source", (folder) => mkdirSync(join(folder, "inner")));
    writeFileSync(join(source, "inner", "f"), "");
    await fetch(join(source, "inner"));
    expect(existsSync(join(dir(), "compose.yml"))).toBe(false);
  });

  test("a socket, a FIFO or a device is none", async () => {
    fifo(at("pipe"));
    const server = createServer().listen(at("socket"));
    try {
      for (const path of [at("pipe"), at("socket"), "/dev/null"])
        await expect(fetch(path)).rejects.toMatchObject(failsWith("source-unusable", 2));
    } finally {
      server.close();
    }
  });
});

describe("what was asked for and is not there:", () => {
  test("a path or a file that is no repository is an unknown recipe", async () => {
    writeFileSync(at("file"), "no bundle");
    symlinkSync(at("circle"), at("circle"));
    for (const path of [at("circle"), at("x".repeat(300)), at("file", "below")])
      await expect(fetch(path)).rejects.toMatchObject({ exitCode: 2 });
    for (const path of [at("nowhere"), at("file")]) await expect(fetch(path)).rejects.toMatchObject(failsWith("unknown-recipe", 2));
  });

  test("a tag, a branch and a short commit name a commit, whichever it is that stands in the repository", async () => {
    const source = repository();
    const commit = git(source, "rev-parse", "HEAD");
    git(source, "tag", "--annotate", "--message", "v1", "0.1.0+1.0.0");
    git(source, "branch", "feature");
    git(source, "commit", "--quiet", "--allow-empty", "--message", "Two");
    for (const ref of ["0.1.0+1.0.0", "feature", commit.slice(0, 10)]) {
      expect(await fetch(source, { ref }), ref).toBe(commit);
      rmSync(dir(), { recursive: true });
    }
    expect(await fetch(source, { ref: "main" })).toBe(git(source, "rev-parse", "HEAD"));
  });

  test("a full commit is that commit, and no branch or tag that is called so", async () => {
    const source = repository();
    const commit = git(source, "rev-parse", "HEAD");
    git(source, "commit", "--quiet", "--allow-empty", "--message", "Another");
    for (const kind of ["heads", "tags"]) git(source, "update-ref", `refs/${kind}/${commit}`, "HEAD");
    expect(await fetch(source, { ref: commit })).toBe(commit);
  });

  test.each([
    "nope",
    "-x",
    "--upload-pack=touch /tmp/x",
    "$(touch x)",
    "a\nb",
    ":/One",
    "main:other",
    "+refs/heads/*:refs/heads/*",
    "x".repeat(100_000),
    "v1..v2",
    "@{upstream}",
    "~",
    "refs/heads/",
    "main..main",
  ])("the ref %.30j is a bad one, in a short message", async (ref) => {
    const source = repository();
    await expect(fetch(source, { ref })).rejects.toMatchObject(failsWith("bad-ref", 2, /^.{1,250}$/s));
  });
});

describe("a tool's failure has its own name:", () => {
  /** A git that fails as told, in front of the real one. */
  const failing = (verb: string, body: string): string => {
    mkdirSync(at("bin"));
    const real = must("sh", ["-c", "command -v git"]);
    writeFileSync(at("bin", "git"), `#!/bin/sh\ncase "$*" in *${verb}*) ${body};; esac\nexec ${real} "$@"\n`, { mode: 0o755 });
    return `${at("bin")}:${process.env["PATH"] ?? ""}`;
  };

  test.each([
    [
      "no-space",
      69,
      `echo "fatal: write error: No space left on device" >&2; echo "fatal: fetch-pack: invalid index-pack output" >&2; exit 128`,
    ],
    ["no-space", 69, `echo "error: unable to write file x: Disk quota exceeded" >&2; exit 128`],
    ["child-killed", 69, `kill -KILL $$`],
    ["git-killed", 69, `echo "error: index-pack died of signal 9" >&2; exit 128`],
    ["auth-refused", 69, `echo "fatal: Authentication failed for 'https://x/'" >&2; exit 128`],
    [
      "auth-refused",
      69,
      `printf 'git@x: Permission denied (publickey).\nfatal: Could not read from remote repository.\n\nPlease make sure you have the correct access rights\nand the repository exists.\n' >&2; exit 128`,
    ],
    ["forge-unreachable", 69, `echo "fatal: unable to access 'https://x/': Could not resolve host: x" >&2; exit 128`],
    ["unknown-recipe", 2, `echo "fatal: repository 'https://x/' not found" >&2; exit 128`],
    ["git-failed", 69, `echo "fatal: something that nobody foresaw" >&2; exit 128`],
  ])("%s (%i)", async (code, exitCode, body) => {
    await expect(fetch(repository(), { path: failing("clone", body) })).rejects.toMatchObject(failsWith(code, exitCode));
  });

  test("a repository whose objects are gone is told as broken", async () => {
    const source = repository();
    rmSync(join(source, ".git", "objects"), { recursive: true });
    mkdirSync(join(source, ".git", "objects"));
    await expect(fetch(source)).rejects.toMatchObject({ exitCode: 2 });
  });

  test.each(["ssh://-oProxyCommand=touch%20x/y", "ssh://me@-oProxyCommand=x/y", "x@-oProxyCommand=touch x:y", "-oProxyCommand=touch x:y"])(
    "%s is refused at the door",
    (address) => {
      expect(() => parseSource(address)).toThrow(/dash|option/);
    },
  );

  test("a port that nobody listens on is unreachable, and one that says nothing ends with the stop", async () => {
    await expect(fetch("http://127.0.0.1:9/x.git")).rejects.toMatchObject(failsWith("forge-unreachable", 69));
    const silent = createServer();
    const port = await new Promise<number>((resolve) =>
      silent.listen(0, "127.0.0.1", () => resolve((silent.address() as AddressInfo).port)),
    );
    try {
      const began = performance.now();
      await expect(fetch(`http://127.0.0.1:${port}/x.git`, { signal: AbortSignal.timeout(300) })).rejects.toThrow();
      expect(performance.now() - began).toBeLessThan(5_000);
    } finally {
      silent.close();
    }
  });
});

describe("a forge that wants credentials", () => {
  const user = "bot";
  const password = "p@ss w/PLANTED%";
  let server: Server;
  let port: number;
  /** Each authorization that came, and the words of each process that lived meanwhile. */
  let asked: (string | undefined)[];
  let wanted: string;

  beforeEach(async () => {
    const source = repository();
    git(root, "clone", "--quiet", "--bare", source, at("forge.git"));
    asked = [];
    wanted = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
    server = createHttp((request, response) => {
      asked.push(request.headers.authorization);
      if (request.headers.authorization !== wanted)
        return void response.writeHead(401, { "www-authenticate": 'Basic realm="forge"' }).end();
      const url = new URL(request.url ?? "/", "http://forge");
      const env = {
        PATH: process.env["PATH"],
        GIT_PROJECT_ROOT: root,
        GIT_HTTP_EXPORT_ALL: "1",
        PATH_INFO: url.pathname,
        QUERY_STRING: url.search.slice(1),
        REQUEST_METHOD: request.method,
        CONTENT_TYPE: request.headers["content-type"] ?? "",
        GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
      };
      const backend = startTalking("git", ["http-backend"], { env });
      request.pipe(backend.stdin);
      void buffer(backend.stdout).then((all) => {
        const split = all.indexOf("\r\n\r\n");
        for (const line of all.subarray(0, split).toString().split("\r\n")) {
          const colon = line.indexOf(":");
          if (/^status/i.test(line))
            response.statusCode = Number(
              line
                .slice(colon + 1)
                .trim()
                .split(" ")[0],
            );
          else response.setHeader(line.slice(0, colon), line.slice(colon + 1).trim());
        }
        response.end(all.subarray(split + 4));
      });
    });
    port = await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port)));
  });
  afterEach(() => new Promise<void>((resolve) => server.close(() => resolve())));

  const address = (userinfo: string): string => `http://${userinfo}@127.0.0.1:${port}/forge.git`;

  test("gets them, and neither an argument list nor a file of the run has them", async () => {
    // A git that writes down how it was called, and what its children are.
    mkdirSync(at("bin"));
    const real = must("sh", ["-c", "command -v git"]);
    writeFileSync(at("bin", "git"), `#!/bin/sh\necho "$*" >> ${at("calls")}\nexec ${real} "$@"\n`, { mode: 0o755 });
    chmodSync(at("bin", "git"), 0o755);
    const commit = await fetch(address(`${user}:${encodeURIComponent(password)}`), { path: `${at("bin")}:${process.env["PATH"] ?? ""}` });
    expect(commit).toBe(git(at("forge.git"), "rev-parse", "HEAD"));
    expect(asked).toContain(wanted);
    expect(readFileSync(at("calls"), "utf8")).not.toContain("PLANTED");
    // 1: it looked everywhere and found none.
    expect(ask("grep", ["--recursive", "--quiet", "PLANTED", root]).code).toBe(1);
  });

  test("gets a token that stands alone before the host", async () => {
    wanted = `Basic ${Buffer.from("t0ken:").toString("base64")}`;
    await fetch(address("t0ken"));
    expect(asked).toContain(wanted);
  });

  test("that refuses them, or gets none, is told as a refusal and not as an unknown recipe", async () => {
    for (const given of [`http://127.0.0.1:${port}/forge.git`, address("bot:wrong")]) {
      const failure = await fetch(given).catch((error: unknown) => error as Error);
      expect(failure).toMatchObject(failsWith("auth-refused", 69));
      expect(String(failure)).not.toContain("wrong");
    }
  });

  test("is the only one who gets them: not the host that it sends git on to", async () => {
    const heard: (string | undefined)[] = [];
    const other = createHttp((request, response) => {
      heard.push(request.headers.authorization);
      response.writeHead(401, { "www-authenticate": 'Basic realm="other"' }).end();
    });
    const otherPort = await new Promise<number>((resolve) =>
      other.listen(0, "127.0.0.1", () => resolve((other.address() as AddressInfo).port)),
    );
    server.removeAllListeners("request");
    server.on(
      "request",
      (request, response) => void response.writeHead(302, { location: `http://127.0.0.1:${otherPort}${request.url ?? ""}` }).end(),
    );
    try {
      await expect(fetch(address(`${user}:${encodeURIComponent(password)}`))).rejects.toMatchObject({ exitCode: 69 });
      expect(heard.length).toBeGreaterThan(0);
      expect(heard.every((authorization) => authorization === undefined)).toBe(true);
    } finally {
      other.close();
    }
  });
});
