import { randomBytes } from "node:crypto";
import { lstatSync, readdirSync, renameSync, rmdirSync, rmSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { codeOf } from "./error-code.js";
import { mountsIn } from "./mounts.js";

const orGone = (act: () => void): void => {
  try {
    act();
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
  }
};

/**
 * Removes a file, or a link itself wherever it leads. Succeeds if nothing is there.
 *
 * Not `rmSync`: Node 24's silently leaves a broken link.
 */
export const removeFile = (path: string): void => orGone(() => unlinkSync(path));

/** Throws if a file system is mounted on a folder or below it. `path` must not be a link. */
export const assertUnmounted = (path: string): void => {
  const mount = mountsIn(path)[0];
  if (mount !== undefined) throw new Error(`a file system is mounted at ${mount}: unmount it first (umount)`);
};

/**
 * Removes a folder with paths that are longer than the system allows, which a program can create by descending step by step:
 * moves every folder to the top, one by one, so that each is empty when it is removed.
 */
const removeDeep = (top: string): void => {
  let moved = 0;
  const name = `.removed-${randomBytes(8).toString("hex")}`;
  const folders = [top];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of readdirSync(folder, { withFileTypes: true, encoding: "buffer" })) {
      const path = Buffer.concat([Buffer.from(`${folder}/`), entry.name]);
      if (!entry.isDirectory()) unlinkSync(path);
      else {
        moved += 1;
        const place = join(top, `${name}-${moved}`);
        renameSync(path, place);
        folders.push(place);
      }
    }
    if (folder !== top) rmdirSync(folder);
  }
  rmdirSync(top);
};

/**
 * The same for a folder with everything in it. If a link is in its place, removes the link.
 *
 * If a file system is mounted in it, throws and removes nothing: Node 24 would empty that file system too.
 */
export const removeTree = (path: string): void =>
  orGone(() => {
    if (lstatSync(path).isSymbolicLink()) return unlinkSync(path);
    assertUnmounted(path);
    try {
      rmSync(path, { recursive: true, force: true, maxRetries: 3 });
    } catch (error) {
      if (codeOf(error) !== "ENAMETOOLONG") throw error;
      removeDeep(path);
    }
  });
