import { cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../support/bundle.js";
import { must } from "../support/children.js";
import { findExecutable } from "../../src/effects/children/find-executable.js";
import { temporaryFolder } from "../support/processes.js";

export interface Installation {
  readonly root: string;
  readonly launcher: string;
}

/** Installs the real launcher in a new folder, with the given program in dist and a stamp that says that dist is up to date. */
export const installed = (program: string, folder = temporaryFolder()): Installation => {
  for (const part of ["bin", "scripts", "package.json", "package-lock.json"])
    cpSync(join(root, part), join(folder, part), { recursive: true });
  mkdirSync(join(folder, "dist"));
  writeFileSync(join(folder, "dist/main.cjs"), program);
  writeFileSync(join(folder, "dist/stamp"), `${must("sh", [join(folder, "scripts/set-up.sh"), "--stamp"])}\n`);
  return { root: folder, launcher: join(folder, "bin/recipe-ci") };
};

const onPath = (name: string): string => findExecutable(name, process.env["PATH"] ?? "") ?? name;

/** The programs that the launcher calls. */
export const tools = ["sh", "node", "cksum", "mkfifo", "rm", "setsid", "setpriv", "readlink", "flock", "cat", "dirname", "sleep"] as const;

/** Makes a folder that serves as the whole PATH: it has links to these programs and no others. */
export const binWith = (names: readonly string[]): string => {
  const bin = temporaryFolder();
  for (const name of names) symlinkSync(onPath(name), join(bin, name));
  return bin;
};
