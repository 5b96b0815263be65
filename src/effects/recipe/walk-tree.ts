import { constants, type Stats } from "node:fs";
import { lstat, open, opendir, readlink, type FileHandle } from "node:fs/promises";
import { hostTrouble, RunError } from "../../machines/errors.js";
import { codeOf } from "../files/error-code.js";

/** One entry of a tree. Names are bytes, because they may not be UTF-8. */
export interface TreeEntry {
  /** Relative to the tree's root. */
  readonly path: Buffer;
  /** Where to open it while it is the current entry: by way of its open folder, and no longer. Not for people. */
  readonly full: Buffer;
  readonly stats: Stats;
}

const slash = Buffer.from("/");

export const joined = (folder: Buffer, name: Buffer): Buffer =>
  folder.length === 0 ? name : name.length === 0 ? folder : Buffer.concat([folder, slash, name]);

const cannotList = (folder: Buffer, why: string, cause?: unknown): RunError =>
  new RunError("folder-unreadable", `the folder ${JSON.stringify(folder.toString()).slice(1, -1)} cannot be read: ${why}`, {
    hint: "This user must be able to read it, and nobody may change it meanwhile: look at its permissions, and at what else runs there.",
    cause,
  });

const replaced = "it was replaced meanwhile";

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;

const placeOf = ({ fd }: FileHandle): Buffer => Buffer.from(`/proc/self/fd/${fd}`);
const realPathOf = (handle: FileHandle): Promise<Buffer> => readlink(placeOf(handle), { encoding: "buffer" });

/** Opens a folder below the root, unless it, or one above it, has become a link since it was listed. */
const openFolder = async (root: Buffer, folder: Buffer): Promise<FileHandle> => {
  const path = joined(root, folder);
  const handle = await open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW).catch((error: unknown) => {
    throw codeOf(error) === "ENOTDIR" ? cannotList(path, replaced, error) : error;
  });
  if ((await realPathOf(handle)).equals(path)) return handle;
  await handle.close();
  throw cannotList(path, replaced);
};

const realRoot = async (root: Buffer): Promise<Buffer> => {
  const handle = await open(root, O_RDONLY | O_DIRECTORY);
  try {
    return await realPathOf(handle);
  } finally {
    await handle.close();
  }
};

const orCannotList =
  (folder: Buffer) =>
  (error: unknown): never => {
    if (error instanceof RunError) throw error;
    throw hostTrouble(error) ?? cannotList(folder, codeOf(error) || String(error), error);
  };

/**
 * Everything below a folder, each folder before its content; follows no link but the root itself, also where somebody puts one in
 * the place of a folder meanwhile. `skip`: entries to leave out with everything below them. Leaves out files that vanish
 * meanwhile. Rejects with `folder-unreadable`, exit code 2.
 */
export async function* walkTree(root: Buffer, skip: (path: Buffer) => boolean = () => false): AsyncGenerator<TreeEntry> {
  const real = await realRoot(root).catch(orCannotList(root));
  const folders: Buffer[] = [Buffer.alloc(0)];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const refuse = orCannotList(joined(real, folder));
    const handle = await openFolder(real, folder).catch(refuse);
    try {
      // node's types do not know that a folder can be read with names as bytes.
      for await (const { name } of await opendir(placeOf(handle), { encoding: "buffer" as BufferEncoding }).catch(refuse)) {
        const path = joined(folder, name as unknown as Buffer);
        if (skip(path)) continue;
        const full = joined(placeOf(handle), name as unknown as Buffer);
        const stats = await lstat(full).catch(() => null);
        if (stats === null) continue;
        yield { path, full, stats };
        if (stats.isDirectory()) folders.push(path);
      }
    } finally {
      await handle.close();
    }
  }
}
