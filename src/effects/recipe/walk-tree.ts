import { lstat, opendir } from "node:fs/promises";
import type { Stats } from "node:fs";
import { hostTrouble, RunError } from "../../machines/errors.js";
import { codeOf } from "../files/error-code.js";

/** One entry of a tree. Names are bytes, because they may not be UTF-8. */
export interface TreeEntry {
  /** Relative to the tree's root. */
  readonly path: Buffer;
  readonly full: Buffer;
  readonly stats: Stats;
}

const slash = Buffer.from("/");

export const joined = (folder: Buffer, name: Buffer): Buffer => (folder.length === 0 ? name : Buffer.concat([folder, slash, name]));

const cannotList = (folder: Buffer, error: unknown): RunError =>
  hostTrouble(error) ??
  new RunError(
    "folder-unreadable",
    `the folder ${JSON.stringify(folder.toString()).slice(1, -1)} cannot be read: ${codeOf(error) || String(error)}`,
    {
      hint: "This user must be able to read it: look at its permissions.",
      cause: error,
    },
  );

/**
 * Everything below a folder, each folder before its content; follows no link. `skip`: entries to leave out with
 * everything below them. Leaves out what vanishes meanwhile. Rejects with `folder-unreadable`, exit code 2.
 */
export async function* walkTree(root: Buffer, skip: (path: Buffer) => boolean = () => false): AsyncGenerator<TreeEntry> {
  const folders: Buffer[] = [Buffer.alloc(0)];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    // node's types do not know that a folder can be read with names as bytes.
    const listing = await opendir(joined(root, folder), { encoding: "buffer" as BufferEncoding }).catch((error: unknown) => {
      throw cannotList(joined(root, folder), error);
    });
    for await (const { name } of listing) {
      const path = joined(folder, name as unknown as Buffer);
      if (skip(path)) continue;
      const full = joined(root, path);
      const stats = await lstat(full).catch(() => null);
      if (stats === null) continue;
      yield { path, full, stats };
      if (stats.isDirectory()) folders.push(path);
    }
  }
}
