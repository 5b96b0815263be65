import { randomUUID } from "node:crypto";
import { isRunError } from "../../../machines/errors.js";
import { exportsIn } from "../../abra/abra-sh.js";
import { settingsIn } from "../../abra/env-file.js";
import { composeFiles } from "../../compose/overlay.js";
import { expandsLittle } from "../../policy/expands-little.js";
import type { Version } from "../../../machines/plan.js";
import { sampleName } from "../file-names.js";
import { readByName } from "../judge-entry.js";
import { abraShBytesMax, sampleBytesMax } from "../recipe-file-refused.js";
import type { Git } from "../git.js";

/** A file of a recipe at one commit. */
interface FileAt {
  /** Equal for equal content. */
  readonly blob: string;
  readonly bytes: number;
}

/** A recipe's files at one commit, read from git's store: nothing is checked out, and no link is followed. */
export interface RecipeAt {
  readonly version: Version;
  readonly files: ReadonlyMap<string, FileAt>;
  /** The text of a file; null if it does not exist or has more bytes than `bytesMax`. */
  readonly read: (name: string, bytesMax: number) => Promise<string | null>;
}

const limitMs = 30_000;

/** More than any recipe has. */
const listingMax = 2 * 1024 * 1024;

/** git's listing; null if it is too long: a small repository can have an endless tree. */
const listingOf = async (git: Git, dir: string, commit: string, signal: AbortSignal): Promise<string | null> => {
  const tooMuch = new AbortController();
  let listing = "";
  const onOutput = (text: string): void => {
    if (listing.length <= listingMax) listing += text;
    else tooMuch.abort();
  };
  try {
    await git(["-C", dir, "ls-tree", "-r", "-z", "-l", "--full-tree", commit], {
      signal: AbortSignal.any([signal, tooMuch.signal]),
      limitMs,
      onOutput,
    });
  } catch (error) {
    if (!tooMuch.signal.aborted) throw error;
  }
  return listing.length > listingMax ? null : listing;
};

const plainFile = /^100(?:644|755) blob ([0-9a-f]{40,64}) +(\d+)\t(.+)$/s;

const filesIn = (listing: string): ReadonlyMap<string, FileAt> => {
  const files = new Map<string, FileAt>();
  for (const line of listing.split("\0")) {
    const [, blob, bytes, name] = plainFile.exec(line) ?? [];
    if (blob !== undefined && name !== undefined) files.set(name, { blob, bytes: Number(bytes) });
  }
  return files;
};

/** The texts of blobs, from one call of git; none if git cannot read all of them. Asking for the broken one alone shows why. */
const textsOf = async (git: Git, dir: string, blobs: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, string>> => {
  if (blobs.length === 0) return new Map();
  // Printed before each text. No file contains it, because it is random.
  const mark = `${randomUUID()}\n`;
  const said = await git(["-C", dir, "cat-file", `--batch=${mark.trim()}`], {
    signal,
    limitMs,
    raw: true,
    input: `${blobs.join("\n")}\n`,
  }).catch((error: unknown) => {
    if (isRunError(error) && !signal.aborted) return "";
    throw error;
  });
  const [, ...texts] = said.split(mark);
  return new Map(texts.length === blobs.length ? texts.map((text, at) => [blobs[at] ?? "", text.slice(0, -1)]) : []);
};

/** For the files that every look at a recipe reads, all together. Bytes. */
const usualBytesMax = 256 * 1024;

const usualBlobs = (files: ReadonlyMap<string, FileAt>): readonly string[] => {
  const usual = [...files].flatMap(([name, file]) => (readByName.test(name) ? [file] : []));
  const bytes = usual.reduce((sum, file) => sum + file.bytes, 0);
  return bytes > usualBytesMax ? [] : [...new Set(usual.map(({ blob }) => blob))];
};

/** A version's files, and the texts that were read together, by blob. */
interface Known {
  readonly files: ReadonlyMap<string, FileAt>;
  readonly texts: ReadonlyMap<string, string>;
}

const knownAt = async (git: Git, dir: string, commit: string, signal: AbortSignal): Promise<Known | null> => {
  const listing = await listingOf(git, dir, commit, signal);
  if (listing === null) return null;
  const files = filesIn(listing);
  return { files, texts: await textsOf(git, dir, usualBlobs(files), signal) };
};

/** Reads a recipe's files at one version from a clone. Null for a tree with more files than any recipe has. */
export type ReadRecipe = (dir: string, version: Version, signal: AbortSignal) => Promise<RecipeAt | null>;

/** How many versions are kept, and how many files each may have. A run looks at the same two or three again and again. */
const keptMax = 20;
const keptFilesMax = 1_000;

/** A commit never changes, so git is asked only once for each. */
export const createReadRecipe = (git: Git): ReadRecipe => {
  const kept = new Map<string, Known>();
  return async (dir, version, signal) => {
    const key = `${version.commit} ${dir}`;
    const known = kept.get(key) ?? (await knownAt(git, dir, version.commit, signal));
    if (known === null) return null;
    const { files, texts } = known;
    if (kept.size < keptMax && files.size <= keptFilesMax) kept.set(key, known);
    const read = async (name: string, bytesMax: number): Promise<string | null> => {
      const file = files.get(name);
      if (file === undefined || file.bytes > bytesMax) return null;
      return texts.get(file.blob) ?? git(["-C", dir, "cat-file", "blob", file.blob], { signal, limitMs, raw: true });
    };
    return { version, files, read };
  };
};

export const sampleAt = async (recipe: RecipeAt): Promise<string> => (await recipe.read(sampleName, sampleBytesMax)) ?? "";

/** A recipe with one .env: the texts of its compose files, and the variables to substitute in them. */
export interface Configured {
  readonly recipe: RecipeAt;
  readonly texts: ReadonlyMap<string, string>;
  readonly abraSh: string;
  readonly variables: Readonly<Record<string, string>>;
}

/** As much as is read at once here. Larger files are read on another thread, and only to check them. */
const charactersMax = 32 * 1024;

const isSmall = (texts: readonly string[], variables: Readonly<Record<string, string>>): boolean => {
  const text = texts.join("\n");
  return text.length <= charactersMax && expandsLittle(text, variables);
};

/** Null if the files are larger than that. */
export const configured = async (
  recipe: RecipeAt,
  env: string,
  file: string,
  ours: Readonly<Record<string, string>>,
): Promise<Configured | null> => {
  const abraSh = (await recipe.read("abra.sh", abraShBytesMax)) ?? "";
  const variables = { ...exportsIn(abraSh), ...settingsIn(env, file), ...ours };
  const texts = new Map<string, string>();
  for (const name of new Set(composeFiles(variables).slice(0, 50))) {
    const text = await recipe.read(name, charactersMax);
    if (text !== null) texts.set(name, text);
    else if (recipe.files.has(name)) return null;
  }
  return isSmall([...texts.values()], variables) ? { recipe, texts, abraSh, variables } : null;
};
