import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { firstEntry, NoTar, tarOf } from "../../../src/effects/docker/tar.js";
import { bytesOf, linesOf, must } from "../../support/children.js";

const folder = mkdtempSync(join(tmpdir(), "tar-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("tar(1) reads what we write: names, content, mode, and owners of any number", () => {
  const files = [
    { name: "one", content: "first\n", uid: 1_000, gid: 33, mode: 0o644 },
    { name: "empty", content: "", uid: 0, gid: 0, mode: 0o600 },
    { name: "long", content: "x".repeat(1_500), uid: 2_097_152, gid: 4_294_967_294, mode: 0o644 },
  ];
  const listed = must("tar", ["--numeric-owner", "-tvf", "-"], { input: tarOf(files) });
  expect(linesOf(listed).map((line) => line.split(/\s+/).slice(0, 3).join(" "))).toEqual([
    "-rw-r--r-- 1000/33 6",
    "-rw------- 0/0 0",
    "-rw-r--r-- 2097152/4294967294 1500",
  ]);
  must("tar", ["--no-same-owner", "-xf", "-", "-C", folder], { input: tarOf(files) });
  expect(readFileSync(join(folder, "long"), "utf8")).toBe("x".repeat(1_500));
  expect(statSync(join(folder, "empty")).mode & 0o777).toBe(0o600);
});

const made = (...args: readonly string[]): Buffer => bytesOf("tar", ["-C", folder, ...args, "-cf", "-", "."]);

test("a folder's owner is read from what tar(1) writes, in each of its formats, pax and great numbers too", () => {
  mkdirSync(join(folder, "sub"), { recursive: true });
  writeFileSync(join(folder, "sub", "file"), "much\n".repeat(10_000));
  for (const format of ["ustar", "gnu", "pax"])
    expect(firstEntry(made(`--format=${format}`, "--owner=:1234", "--group=:99"), 0)).toMatchObject({
      kind: "directory",
      uid: 1_234,
      gid: 99,
    });
  for (const format of ["gnu", "pax"])
    expect(firstEntry(made(`--format=${format}`, "--owner=:4000000000", "--group=:3000000000"), 0)).toMatchObject({
      uid: 4_000_000_000,
      gid: 3_000_000_000,
    });
});

test("of an archive that comes in pieces the first entry is known as soon as its bytes are there", () => {
  const archive = tarOf([{ name: "one", content: "first\n", uid: 7, gid: 8, mode: 0o644 }]);
  expect(firstEntry(archive.subarray(0, 511), 100)).toBeNull();
  expect(firstEntry(archive.subarray(0, 515), 100)).toBeNull();
  expect(firstEntry(archive.subarray(0, 518), 100)?.content.toString()).toBe("first\n");
  expect(firstEntry(archive.subarray(0, 515), 3)?.content.toString()).toBe("fir");
});

test("bytes that are no archive are refused, and whatever they are, nothing but a NoTar is thrown", () => {
  expect(() => firstEntry(Buffer.alloc(1_024), 10)).toThrow(NoTar);
  const hostile = tarOf([{ name: "x", content: "9".repeat(600), uid: 0, gid: 0, mode: 0 }]);
  hostile.write("x", 156);
  hostile.fill(0xff, 124, 136);
  expect(() => firstEntry(hostile, 10)).toThrow(NoTar);
  for (let seed = 1; seed < 3_000; seed += 1) {
    const broken = Buffer.from(tarOf([{ name: "x", content: "y", uid: 1, gid: 1, mode: 0 }]));
    for (let n = 0; n < 4; n += 1) broken.writeUInt8((seed * 7_919 * (n + 3)) % 256, (seed * 104_729 * (n + 1)) % 512);
    try {
      firstEntry(broken, 10);
    } catch (error) {
      expect(error).toBeInstanceOf(NoTar);
    }
  }
});
