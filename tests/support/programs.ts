import { accessSync, constants } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test as plain } from "vitest";
import { root } from "./bundle.js";

/**
 * What some tests need beyond a bare machine (README: node, npm, git, sh, the utilities of POSIX and util-linux), each with how to
 * get it on Debian: programs, an optional package that npm leaves out if it cannot be compiled, and root's rights.
 */
const extras = {
  bash: "apt-get install bash",
  busybox: "apt-get install busybox-static",
  caddy: "apt-get install caddy",
  chromium: "apt-get install chromium",
  dash: "apt-get install dash",
  docker: "apt-get install docker.io",
  "fs-ext": "apt-get install g++ make python3; npm rebuild fs-ext",
  ip: "apt-get install iproute2",
  openssl: "apt-get install openssl",
  python3: "apt-get install python3",
  restic: "apt-get install restic",
  root: "run the tests as root",
  ssh: "apt-get install openssh-client",
  sshd: "apt-get install openssh-server",
  tar: "apt-get install tar",
} as const;

export type Extra = keyof typeof extras;

const isExecutable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false; // It does not exist, or we may not execute it.
  }
};

const loads = (name: string): boolean => {
  try {
    createRequire(join(root, "package.json"))(name);
    return true;
  } catch {
    return false;
  }
};

/** The folders to search. sshd is in /usr/sbin, which may be on root's PATH only. */
const folders = (extra: Extra): readonly string[] => [
  ...(process.env["PATH"] ?? "").split(":"),
  ...(extra === "sshd" ? ["/usr/sbin"] : []),
];

const find = (extra: Extra): string | undefined =>
  folders(extra)
    .map((folder) => join(folder, extra))
    .find(isExecutable);

/** The program's absolute path; sshd refuses to start without one. Throws if the program is not installed. */
export const fileOf = (extra: Extra): string => {
  const file = find(extra);
  if (file === undefined) throw new Error(`${extra} is not here (${extras[extra]})`);
  return file;
};

const isHere = (extra: Extra): boolean => {
  if (extra === "root") return process.getuid?.() === 0;
  return extra === "fs-ext" ? loads(extra) : find(extra) !== undefined;
};

const here = new Map<Extra, boolean>();

/** Whether this is available. Looked up once per worker: the PATH of a test process does not change. */
export const has = (extra: Extra): boolean => {
  const known = here.get(extra) ?? isHere(extra);
  here.set(extra, known);
  return known;
};

/** Why a test that needs these cannot run here; null if it can. `skipped.ts` counts the skipped tests by this sentence. */
export const whyNot = (...needed: readonly Extra[]): string | null => {
  const missing = needed.filter((extra) => !has(extra));
  return missing.length === 0 ? null : missing.map((extra) => `${extra} is not here (${extras[extra]})`).join(" and ");
};

/**
 * `test` for a test that may not be able to run here. If there is a reason against it, the test counts as skipped with that reason; if
 * nothing may be missing (RECIPE_CI_REQUIRE_ALL=1, as in CI), it fails with that reason instead. null: it runs.
 */
export const testUnless = (reason: string | null, { red = process.env["RECIPE_CI_REQUIRE_ALL"] === "1" } = {}) =>
  plain.extend<{ programs: void }>({
    programs: [
      async ({ skip }, use) => {
        if (reason !== null && red) throw new Error(reason);
        if (reason !== null) skip(reason);
        await use();
      },
      { auto: true },
    ],
  });

/** `test` for a test that needs these. */
export const testWith = (...needed: readonly Extra[]) => testUnless(whyNot(...needed));
