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
 * Removes a file, or a link as a link, wherever it leads. What is not there is removed already.
 *
 * Not `rmSync`: that of Node 24 leaves a link that leads nowhere, and says nothing.
 */
export const removeFile = (path: string): void => orGone(() => unlinkSync(path));

/** Throws where a file system is mounted on a folder or below it. `path` is no link that leads to one. */
export const assertUnmounted = (path: string): void => {
  const mount = mountsIn(path)[0];
  if (mount !== undefined) throw new Error(`a file system is mounted at ${mount}: unmount it first (umount)`);
};

/**
 * Removes a folder whose paths are longer than the system takes, which a program makes that goes down step by step: each
 * folder is moved up to the top, one by one, and is empty when it goes.
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
 * The same for a folder with all that is in it; where a link stands in its place, the link goes.
 *
 * Throws where a file system is mounted in it, and removes nothing: Node 24 would empty that as well.
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
