import {
  chmodSync,
  cpSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { checkRecipeFile, readRecipeFile, writeRecipeFile } from "../../../src/effects/recipe/gate.js";
import { checkRecipeTree, copyRecipeTree } from "../../../src/effects/recipe/recipe-tree.js";
import { bundleFixture } from "../../support/bundle.js";
import { linesOf, must } from "../../support/children.js";

let root: string;
let dir: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "recipe-ci-gate-"));
  dir = join(root, "recipe");
  mkdirSync(dir);
  writeFileSync(join(root, "victim.txt"), "precious\n");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const refused = (said: RegExp, exitCode: number): unknown =>
  expect.objectContaining({ code: "recipe-file-refused", exitCode, message: expect.stringMatching(said) as string });

const link = (target: string, name: string): void => symlinkSync(target, join(dir, name));
const fifo = (path: string): void => void must("mkfifo", [path]);
const byBytes = (name: readonly number[]): Buffer => Buffer.concat([Buffer.from(`${dir}/`), Buffer.from(name)]);

describe("a file of the recipe", () => {
  test("is read where it is a plain one, also through a link that stays inside; one that is not there is null", () => {
    writeFileSync(join(dir, "compose.base.yml"), "services: {}\n");
    link("compose.base.yml", "compose.yml");
    mkdirSync(join(dir, "more"));
    link("../compose.yml", "more/again.yml");
    expect(readRecipeFile(dir, "compose.yml")).toBe("services: {}\n");
    expect(readRecipeFile(dir, "more/again.yml")).toBe("services: {}\n");
    expect(readRecipeFile(dir, "./more/../compose.base.yml")).toBe("services: {}\n");
    expect(readRecipeFile(dir, "none.yml")).toBeNull();
    expect(readRecipeFile(dir, "compose.yml/none")).toBeNull();
    expect(checkRecipeFile(dir, "compose.yml")).toBe(13);
    expect(checkRecipeFile(dir, "none.yml")).toBeNull();
  });

  test.each<readonly [string, () => void, RegExp]>([
    ["a link to a file of the host", () => link("/etc/hostname", "f"), /leads out/],
    ["a link to a file beside the recipe", () => link("../victim.txt", "f"), /leads out/],
    ["a chain of links that ends outside", () => (link("g", "f"), link("../victim.txt", "g")), /leads out/],
    ["an endless device", () => link("/dev/zero", "f"), /leads out/],
    ["a link to the recipe itself", () => link(".", "f"), /not a regular file/],
    ["a folder", () => mkdirSync(join(dir, "f")), /not a regular file/],
    ["a FIFO", () => fifo(join(dir, "f")), /not a regular file/],
    ["a link to a FIFO", () => (fifo(join(dir, "g")), link("g", "f")), /not a regular file/],
    ["links in a circle", () => (link("g", "f"), link("f", "g")), /circle/],
    ["a link to nothing", () => link("nothing", "f"), /nothing/],
    ["a link to nothing outside", () => link("/nowhere/at/all", "f"), /nothing/],
    ["one byte too many", () => (writeFileSync(join(dir, "f"), ""), truncateSync(join(dir, "f"), 1024 * 1024 + 1)), /larger than 1 MiB/],
    [
      "a terabyte that takes no room",
      () => (writeFileSync(join(dir, "f"), ""), truncateSync(join(dir, "f"), 2 ** 40)),
      /larger than 1 MiB/,
    ],
    [
      "a link into git's own folder",
      () => (mkdirSync(join(dir, ".git")), writeFileSync(join(dir, ".git", "config"), "url"), link(".git/config", "f")),
      /leads out/,
    ],
  ])("that is %s is refused at once, with exit code 1 and its name", (_, make, said) => {
    make();
    expect(() => readRecipeFile(dir, "f")).toThrowError(refused(said, 1));
    expect(() => readRecipeFile(dir, "f")).toThrowError(/recipe's f is refused/);
  });

  test("below a folder that is a link out of the recipe is refused", () => {
    mkdirSync(join(root, "other"));
    writeFileSync(join(root, "other", "f"), "x");
    link("../other", "sub");
    expect(() => readRecipeFile(dir, "sub/f")).toThrowError(refused(/leads out/, 1));
    expect(() => writeRecipeFile(dir, "sub/f", "y")).toThrowError(refused(/folder is a symlink/, 1));
    expect(readFileSync(join(root, "other", "f"), "utf8")).toBe("x");
  });

  test.each(["../victim.txt", "/etc/hostname", "sub/../../victim.txt", "..", "", "a\0b", ".git/config", ".GIT/config"])(
    "is never sought under the name %j",
    (name) => {
      expect(() => readRecipeFile(dir, name)).toThrowError(refused(/leads out|name cannot be used/, 1));
      expect(() => writeRecipeFile(dir, name, "x")).toThrowError(refused(/leads out|name cannot be used/, 1));
    },
  );

  test("is read up to what its reader can take, and one that is only looked at is not read", () => {
    writeFileSync(join(dir, "f"), Buffer.alloc(64 * 1024 + 1, 0x61));
    expect(() => readRecipeFile(dir, "f", 64 * 1024)).toThrowError(refused(/larger than 64 KiB/, 1));
    expect(readRecipeFile(dir, "f", 64 * 1024 + 1)).toHaveLength(64 * 1024 + 1);
    truncateSync(join(dir, "f"), 1024 * 1024);
    const bytesRead = (): number => Number(/rchar: (\d+)/.exec(readFileSync("/proc/self/io", "utf8"))?.[1]);
    const before = bytesRead();
    for (let times = 0; times < 5; times += 1) expect(checkRecipeFile(dir, "f")).toBe(1024 * 1024);
    expect(bytesRead() - before).toBeLessThan(1024 * 1024);
    truncateSync(join(dir, "f"), 1024 * 1024 + 1);
    expect(() => checkRecipeFile(dir, "f")).toThrowError(refused(/larger than 1 MiB/, 1));
  });

  test("of exactly 1 MiB is read, and a name of any length or with control characters is said in one short line", () => {
    writeFileSync(join(dir, "f"), Buffer.alloc(1024 * 1024, 0x61));
    expect(readRecipeFile(dir, "f")).toHaveLength(1024 * 1024);
    const caught = (name: string): string => {
      try {
        readRecipeFile(dir, name);
        return "";
      } catch (error) {
        return String(error);
      }
    };
    expect(caught(`/${"x".repeat(100_000)}`).length).toBeLessThan(400);
    expect(caught("/a\u001b[2Jb\nc")).not.toMatch(/\p{Cc}/u);
    expect(caught("x".repeat(100_000))).toContain("is refused");
  });

  test("is written as a whole in the place of a plain one, and never through a link, hard or soft", () => {
    writeRecipeFile(dir, "new.yml", "one\n");
    writeRecipeFile(dir, "new.yml", "two\n");
    expect(readFileSync(join(dir, "new.yml"), "utf8")).toBe("two\n");
    for (const [name, target] of [
      ["out.yml", "../victim.txt"],
      ["in.yml", "new.yml"],
      ["gone.yml", "nothing"],
    ] as const) {
      link(target, name);
      expect(() => writeRecipeFile(dir, name, "mine\n")).toThrowError(refused(/symlink/, 1));
    }
    linkSync(join(root, "victim.txt"), join(dir, "hard.yml"));
    writeRecipeFile(dir, "hard.yml", "mine\n");
    expect(readFileSync(join(root, "victim.txt"), "utf8")).toBe("precious\n");
    expect(readFileSync(join(dir, "new.yml"), "utf8")).toBe("two\n");
  });

  test("is not written in the place of a folder or a FIFO", () => {
    mkdirSync(join(dir, "folder"));
    fifo(join(dir, "fifo"));
    for (const name of ["folder", "fifo"]) expect(() => writeRecipeFile(dir, name, "x")).toThrowError(refused(/not a regular file/, 1));
  });
});

describe("a whole tree", () => {
  const signal = new AbortController().signal;
  const check = () => checkRecipeTree(dir, { exitCode: 1, signal });
  const copy = (what?: "git") => copyRecipeTree(dir, join(root, "copy"), { exitCode: 2, signal }, what);
  const copied = (): readonly string[] => [...linesOf(must("find", [".", "-printf", "%P %y %m %l\n"], { cwd: join(root, "copy") }))].sort();

  test("of files, folders, links inside and git's own folder passes, and is copied as it is, or git's folder alone", async () => {
    mkdirSync(join(dir, "sub"));
    mkdirSync(join(dir, ".git"));
    writeFileSync(join(dir, "sub", "run.sh"), "#!/bin/sh\n");
    chmodSync(join(dir, "sub", "run.sh"), 0o755);
    link("sub/run.sh", "go");
    const socket = createServer().listen(join(dir, ".git", "fsmonitor--daemon.ipc"));
    try {
      await check();
      await copy("git");
      expect(copied()).toEqual([" d 700 ", ".git d 700 "]);
      await copy();
    } finally {
      socket.close();
    }
    expect(copied()).toEqual([" d 700 ", "go l 777 sub/run.sh", "sub d 700 ", "sub/run.sh f 700 "]);
  });

  test.each<readonly [string, () => void, RegExp]>([
    ["a FIFO in a folder", () => (mkdirSync(join(dir, "a")), fifo(join(dir, "a", "p"))), /a\/p .*a FIFO/],
    ["an absolute link, though into itself", () => link(join(dir, "x"), "f"), /leads out/],
    ["a link out that leads to nothing yet", () => link("../../soon", "f"), /leads out/],
    ["a folder where a file is read by its name", () => mkdirSync(join(dir, "abra.sh")), /abra\.sh .*not a regular file/],
    ["a link to a folder there", () => (mkdirSync(join(dir, "sub")), link("sub", "compose.yml")), /compose\.yml .*not a regular file/],
    ["a link to nothing there", () => link("nothing", ".env.sample"), /\.env\.sample .*not a regular file/],
    ["a link to a folder outside", () => link("..", "f"), /leads out/],
    [
      "an endless compose file",
      () => (writeFileSync(join(dir, "compose.more.yml"), ""), truncateSync(join(dir, "compose.more.yml"), 2 ** 40)),
      /larger than 1 MiB|MiB/,
    ],
  ])("with %s is refused: 1 for a recipe, 2 for a folder that was given", async (_, make, said) => {
    make();
    await expect(check()).rejects.toMatchObject({ exitCode: 1, message: expect.stringMatching(said) as string });
    await expect(copy()).rejects.toMatchObject({ exitCode: 2, message: expect.stringMatching(said) as string });
  });

  test("with a file that this user may not read is refused by its name", async () => {
    writeFileSync(join(dir, "closed"), "x", { mode: 0 });
    chmodSync(dir, 0o755);
    chmodSync(root, 0o777);
    const bundle = join(root, "tree.cjs");
    cpSync(await bundleFixture("src/effects/recipe/recipe-tree.ts"), bundle);
    const script = `const { copyRecipeTree } = await import(process.argv[1]);
      await copyRecipeTree(process.argv[2], process.argv[3], { exitCode: 2, signal: new AbortController().signal }).catch(({ code, exitCode, message }) => console.log(code, exitCode, message));`;
    const asNobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    const said = must(process.execPath, ["--input-type=module", "--eval", script, bundle, dir, join(root, "copy")], {
      cwd: "/",
      ...asNobody,
    });
    expect(said).toBe("recipe-file-refused 2 the recipe's closed is refused: it cannot be read");
  });

  test("with a socket is refused", async () => {
    const server = createServer().listen(join(dir, "agent.sock"));
    try {
      await expect(check()).rejects.toThrowError(refused(/agent\.sock .*a socket/, 1));
    } finally {
      server.close();
    }
  });

  test.each([
    ["a newline", [0x61, 0x0a, 0x62]],
    ["an escape", [0x1b, 0x5b, 0x32, 0x4a]],
    ["bytes that are no UTF-8", [0x61, 0xff]],
  ])("with %s in a name is refused with exit code 2", async (_, name) => {
    writeFileSync(byBytes(name), "x");
    await expect(check()).rejects.toThrowError(refused(/its name/, 2));
    await expect(copy()).rejects.toThrowError(refused(/its name/, 2));
  });

  test("with more files than any recipe has is refused, and the walk is left at once by an abort", async () => {
    for (let at = 0; at < 300; at += 1) writeFileSync(join(dir, `f${at}`), "");
    const stopping = new AbortController();
    const going = checkRecipeTree(dir, { exitCode: 1, signal: stopping.signal });
    stopping.abort();
    await expect(going).rejects.toThrow("aborted");
  });
});
