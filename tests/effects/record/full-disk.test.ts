import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { getSystemErrorName } from "node:util";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { assertSpace, lookForSpace } from "../../../src/effects/host/disk-space.js";
import { assertWritten } from "../../../src/effects/record/assert-written.js";
import { failureFrom } from "../../../src/machines/errors.js";
import { must } from "../../support/children.js";
import { bundleFixture } from "../../support/bundle.js";
import { Sandbox } from "../../support/sandbox-run.js";
import { onDisk, withDisk } from "./small-disk.js";

// A disk that fills up in the middle of a run, and a run that keeps its clone: full-disk.slow.test.ts.

vi.setConfig({ testTimeout: 60_000 });

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.close());

const runs = (): string => join(sandbox.root, "runs");
const args = ["run", "echo", "--sandbox", "--stages", "install", "--run-id", "r"] as const;

describe("a disk that has no room", () => {
  const test = onDisk;
  test("is found before the lock: 69, with its folder and what is free, and nothing was made", async () => {
    await withDisk(runs(), "4m", async () => {
      const { code, stdout, stderr } = await sandbox.run(args);
      expect(stdout + stderr).toMatch(/runs folder .* too little room for a run: \d+ MiB free/);
      expect(code).toBe(69);
      expect(readdirSync(runs())).toEqual([]);
      expect(readdirSync(join(sandbox.root, "locks"))).toEqual([]);
      const doctor = await sandbox.run(["doctor", "--sandbox"]);
      expect(doctor.stdout).toMatch(/MISSING {2}space, runs folder/);
      expect(doctor.code).toBe(69);
    });
  });
});

test("a run's folder is its owner's alone, with all that is in it, and the clone goes with the run", async () => {
  const { code } = await sandbox.run(args);
  expect(code).toBe(0);
  const modes = must("find", [join(runs(), "r"), "-not", "-type", "l", "-perm", "/077"]);
  expect(modes).toBe("");
  expect(existsSync(join(runs(), "r", "abra"))).toBe(false);
  expect(existsSync(join(sandbox.root, "abra", "servers", "default"))).toBe(true);
});

describe("by themselves:", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "recipe-ci-disk-"));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  test("space is looked for where the folder is, or will be", () => {
    const need = { name: "runs folder", dir: join(root, "not", "there", "yet"), bytes: 1 };
    expect(lookForSpace(need)).toMatchObject({ enough: true });
    expect(() => assertSpace([{ ...need, bytes: 2 ** 60 }])).toThrowError(expect.objectContaining({ code: "no-space", exitCode: 69 }));
  });

  test("an append that fails leaves nothing of itself, and the next one is whole", async () => {
    const script = `
      const { appendWhole } = await import(process.argv[1]);
      const { openSync } = await import("node:fs");
      const fd = openSync(process.argv[2], "a");
      appendWhole(fd, "first\\n");
      try { appendWhole(fd, "x".repeat(5000) + "\\n"); console.log("written"); } catch (error) { console.log(error.code); }
      appendWhole(fd, "last\\n");`;
    const bundle = await bundleFixture("src/effects/record/append-whole.ts");
    const said = must("prlimit", ["--fsize=4096", process.execPath, "--input-type=module", "--eval", script, bundle, join(root, "log")]);
    expect(said).toBe("EFBIG");
    expect(readFileSync(join(root, "log"), "utf8")).toBe("first\nlast\n");
  });

  test.each([
    ["ENOSPC", "no-space"],
    ["EDQUOT", "no-space"],
    ["EROFS", "cannot-write"],
    ["EIO", "disk-broken"],
    ["EMFILE", "too-many-files"],
  ])("%s is the host's trouble and never our bug", (system, code) => {
    const error = Object.assign(new Error(`${system}: it says`), { code: system });
    expect(failureFrom(error)).toMatchObject({ code, exitCode: 69, message: `${system}: it says` });
    expect(() => assertWritten(error)).toThrowError(expect.objectContaining({ code, exitCode: 69 }));
    expect(() => assertWritten(null)).not.toThrow();
  });

  test("a quota that is used up, for which node has no name, is told by the system's", () => {
    const errno = -constants.errno.EDQUOT;
    const error = Object.assign(new Error(`${getSystemErrorName(errno)}: ${getSystemErrorName(errno)}, mkdir '/runs/7'`), {
      errno,
      code: getSystemErrorName(errno),
      syscall: "mkdir",
    });
    expect(failureFrom(error)).toMatchObject({
      code: "no-space",
      exitCode: 69,
      message: "EDQUOT: disk quota exceeded, mkdir '/runs/7'",
      hint: expect.stringContaining("quota") as string,
    });
    expect(() => assertWritten(error)).toThrowError(expect.objectContaining({ code: "no-space", exitCode: 69 }));
  });

  onDisk("a runs folder on a disk that is read-only is told as that, and nothing was made", async () => {
    await withDisk(runs(), "16m", async () => {
      must("mount", ["-o", "remount,ro", runs()]);
      const { code, stderr } = await sandbox.run(args);
      expect(stderr).toContain("read-only file system");
      expect(code).toBe(2);
      expect(readdirSync(runs())).toEqual([]);
    });
  });
});
