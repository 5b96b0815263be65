import { accessSync, constants } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test as plain } from "vitest";
import { root } from "./bundle.js";

/**
 * What some tests call beyond what a bare machine has (README: node, npm, git, sh, the utilities of POSIX and util-linux), each with
 * what brings it on Debian: programs, a package that npm drops where it cannot be compiled, and the rights of root.
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
    return false; // Absent, or nothing that we may start.
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

/** Daemons lie where only root's PATH may lead. */
const folders = (extra: Extra): readonly string[] => [
  ...(process.env["PATH"] ?? "").split(":"),
  ...(extra === "sshd" ? ["/usr/sbin"] : []),
];

const find = (extra: Extra): string | undefined =>
  folders(extra)
    .map((folder) => join(folder, extra))
    .find(isExecutable);

/** Its absolute path: sshd wants to be started by it. Throws where it is not here. */
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

/** Looked up once in a worker: the PATH of a test process does not change. */
export const has = (extra: Extra): boolean => {
  const known = here.get(extra) ?? isHere(extra);
  here.set(extra, known);
  return known;
};

/** Why a test that needs these cannot run here; null when it can. `skipped.ts` counts by this sentence. */
export const whyNot = (...needed: readonly Extra[]): string | null => {
  const missing = needed.filter((extra) => !has(extra));
  return missing.length === 0 ? null : missing.map((extra) => `${extra} is not here (${extras[extra]})`).join(" and ");
};

/**
 * `test` for what cannot run here for such a reason, or can (null). It counts as skipped, with the reason; where everything must be there
 * (RECIPE_CI_REQUIRE_ALL=1, as in CI) it fails with it instead.
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

/** `test` for what needs these programs. */
export const testWith = (...needed: readonly Extra[]) => testUnless(whyNot(...needed));
