import { lstat, opendir } from "node:fs/promises";
import type { Stats } from "node:fs";

/** One thing in a tree. Names are bytes: a folder may hold names that are no UTF-8. */
export interface TreeEntry {
  /** Relative to the tree's root. */
  readonly path: Buffer;
  readonly full: Buffer;
  readonly stats: Stats;
}

const slash = Buffer.from("/");

export const joined = (folder: Buffer, name: Buffer): Buffer => (folder.length === 0 ? name : Buffer.concat([folder, slash, name]));

/**
 * Everything below a folder, each folder before what is in it; no link is followed. `skip` names what is left out, with
 * all below it. What vanishes meanwhile is left out. Rejects where a folder cannot be read.
 */
export async function* walkTree(root: Buffer, skip: (path: Buffer) => boolean = () => false): AsyncGenerator<TreeEntry> {
  const folders: Buffer[] = [Buffer.alloc(0)];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    // node's types know no folder that is read by bytes.
    const listing = await opendir(joined(root, folder), { encoding: "buffer" as BufferEncoding });
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
