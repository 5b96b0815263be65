import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { root } from "../support/bundle.js";
import { isAlive, start, temporaryFolder, until, type Started } from "../support/processes.js";
import { testWith } from "../support/programs.js";

const path = process.env["PATH"] ?? "";

/**
 * Stands for npm: notes its words, and makes node_modules by links to the packages that are here. `$NPM_DOES`: `hang`
 * when half of it is there, or when `half` of the old ones are gone, or `fail`. Two of them at once in one folder is what must not be: said in the notes.
 */
const npm = `#!/bin/sh
echo "npm $* nodedir=$npm_config_nodedir" >>"$NOTES"
echo "npm speaks"
for other in $(cat .npm-works 2>/dev/null); do kill -0 "$other" 2>/dev/null && echo "two at once" >>"$NOTES"; done
echo $$ >.npm-works
[ "$NPM_DOES" != half ] || { rm node_modules/other; echo "hangs $$" >>"$NOTES"; exec sleep 60; }
rm -rf node_modules && mkdir node_modules && ln -s "$PACKAGES/@esbuild" node_modules/
case $NPM_DOES in
  hang) echo "hangs $$" >>"$NOTES"; exec sleep 60 ;;
  fail) exit 1 ;;
  slow) sleep 0.6 ;;
esac
ln -s "$PACKAGES/esbuild" node_modules/ && : >node_modules/other
`;

interface Clone {
  readonly folder: string;
  /** Runs a program of the clone; by default the launcher. */
  readonly run: (env?: Record<string, string>, file?: string) => Started;
  readonly notes: () => readonly string[];
  readonly write: (file: string, text: string) => void;
}

/** Where a clone stands, and what stands for npm with its notes. */
interface Place {
  readonly folder: string;
  readonly bin: string;
}

const cloneAt = ({ folder, bin }: Place): Clone => {
  const notes = join(bin, "notes");
  return {
    folder,
    write: (file, text) => {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    },
    run: (env = {}, file = "bin/recipe-ci") =>
      start(join(folder, file), [], { cwd: "/", env: { PATH: `${bin}:${path}`, TMPDIR: bin, NOTES: notes, PACKAGES: join(root, "node_modules"), ...env } }),
    notes: () => (existsSync(notes) ? readFileSync(notes, "utf8").trimEnd().split("\n") : []),
  };
};

const folders = (): Place => ({ folder: temporaryFolder(), bin: temporaryFolder() });

/** A fresh clone of a program that says its version: our launcher and scripts, no packages, no dist. */
const clone = ({ folder, bin }: Place = folders()): Clone => {
  for (const part of ["bin", "scripts", "package.json", "package-lock.json"]) cpSync(join(root, part), join(folder, part), { recursive: true });
  writeFileSync(join(bin, "npm"), npm);
  chmodSync(join(bin, "npm"), 0o755);
  const fresh = cloneAt({ folder, bin });
  fresh.write("src/cli/main.ts", `import { word } from "./deep/er/word.ts"; process.stdout.write(word + "\\n");`);
  fresh.write("src/cli/deep/er/word.ts", `export const word: string = "one";`);
  return fresh;
};

const says = async (run: Started, word: string): Promise<void> => {
  const { code } = await run.ended;
  expect({ code, stdout: run.stdout(), stderr: code === 0 ? "" : run.stderr() }).toEqual({ code: 0, stdout: `${word}\n`, stderr: "" });
};
let setUpOnce: Place | undefined;
afterAll(() => {
  for (const folder of Object.values(setUpOnce ?? {})) rmSync(folder, { recursive: true, force: true });
});

/** A clone whose first command has set it up and said `one`. That was once: each of these is a copy of it, with npm's notes. */
const cloneSetUp = async (): Promise<Clone> => {
  if (setUpOnce === undefined) {
    const made = { folder: mkdtempSync(join(tmpdir(), "recipe-ci-test-")), bin: mkdtempSync(join(tmpdir(), "recipe-ci-test-")) };
    await says(clone(made).run(), "one");
    setUpOnce = made;
  }
  const place = folders();
  for (const name of ["folder", "bin"] as const) cpSync(setUpOnce[name], place[name], { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
  return cloneAt(place);
};

const installs = (notes: readonly string[]): number => notes.filter((note) => note.startsWith("npm ci")).length;
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
  for (const name of ["esbuild", "@esbuild"]) symlinkSync(join(root, "node_modules", name), join(folder, "node_modules", name));
  writeFileSync(join(folder, "node_modules/.package-lock.json"), "{}");
  await says(run(), "one");
  expect(notes()).toEqual([]);
});

test("a set-up that was killed while npm worked is done again", async () => {
  const { run, notes } = clone();
  const killed = run({ NPM_DOES: "hang" });
  await until("npm hangs", () => notes().some((note) => note.startsWith("hangs")));
  killed.killGroup("SIGKILL");
  await killed.ended;
  await says(run(), "one");
  expect(installs(notes())).toBe(2);
});

test("packages that a killed npm had begun to clear away are not taken for complete ones, though their lock file is back", async () => {
  const { run, notes, folder } = await cloneSetUp();
  const lock = readFileSync(join(folder, "package-lock.json"));
  writeFileSync(join(folder, "package-lock.json"), `${lock.toString()}\n`);
  const killed = run({ NPM_DOES: "half" });
  await until("npm hangs", () => notes().some((note) => note.startsWith("hangs")));
  killed.killGroup("SIGKILL");
  await killed.ended;
  writeFileSync(join(folder, "package-lock.json"), lock);
  rmSync(join(folder, "dist/stamp"));
  await says(run(), "one");
  expect(existsSync(join(folder, "node_modules/other"))).toBe(true);
});

test("a set-up that was killed at any moment is repaired by the next command", async () => {
  const { run, folder, write } = await cloneSetUp();
  for (let moment = 0; moment < 5; moment += 1) {
    write("src/cli/deep/er/word.ts", `export const word: string = "word ${moment}";`);
    const killed = run();
    await new Promise((resolve) => setTimeout(resolve, 40 + moment * 90));
    killed.killGroup("SIGKILL");
    await killed.ended;
    await says(run(), `word ${moment}`);
  }
  expect(readdirSync(join(folder, "dist")).filter((name) => !name.endsWith(".tmp")).sort()).toEqual(["main.cjs", "recipe-ci.cache", "recipe-ci.cjs", "stamp"]);
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

test("of several set-ups at once one works and the others wait for it", async () => {
  const { run, notes } = clone();
  const runs = Array.from({ length: 4 }, () => run({ NPM_DOES: "slow" }));
  await Promise.all(runs.map((one) => says(one, "one")));
  expect(installs(notes())).toBe(1);
  expect(notes()).not.toContain("two at once");
  expect(runs.filter((one) => one.stderr().includes("waiting for it")).length).toBeGreaterThan(0);
});

test("while the npm of a killed launcher lives on, the next one waits for it", async () => {
  const { run, notes } = clone();
  const killed = run({ NPM_DOES: "slow" });
  await until("npm works", () => installs(notes()) === 1);
  killed.kill("SIGKILL");
  await says(run(), "one");
  expect(notes()).not.toContain("two at once");
  await until("it is gone", () => !isAlive(killed.pid));
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
