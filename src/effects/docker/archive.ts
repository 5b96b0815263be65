import type { Readable } from "node:stream";
import { garbage, isNotFound } from "./engine-errors.js";
import type { Engine } from "./engine.js";
import type { Container } from "./engine-schema.js";
import { firstEntry, NoTar, tarOf, type FileToPut, type TarEntry } from "./tar.js";
import { within } from "../budget.js";

/** No more of an archive is read: what we ask for is in its first kilobytes. */
const archiveBytesMax = 256 * 1024;
const limitMs = 15_000;

/** A path of a container. */
export interface InContainer {
  readonly container: string;
  readonly path: string;
}

const pathOf = (container: string): string => `/containers/${container}/archive`;

/** Reads until the first entry is known and then hangs up, because the rest may be a whole volume. */
const entryIn = async (stream: Readable, asked: string, contentMax: number): Promise<TarEntry> => {
  const pieces: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const piece of stream as AsyncIterable<Buffer>) {
      pieces.push(piece);
      bytes += piece.length;
      const entry = firstEntry(Buffer.concat(pieces), contentMax);
      if (entry !== null) return entry;
      if (bytes > archiveBytesMax) break;
    }
  } catch (error) {
    if (error instanceof NoTar) throw garbage(asked, `no archive: ${error.message}`);
    throw error;
  } finally {
    stream.destroy();
  }
  throw garbage(asked, "an archive that was cut");
};

/**
 * The file, folder or link at a path of a container, with the beginning of a file's content. Works in images without a
 * shell. Rejects as every call of the engine does; a missing path and a missing container are both a 404.
 */
export const statInContainer = async (
  engine: Engine,
  { container, path }: InContainer,
  signal: AbortSignal,
  contentMax = 0,
): Promise<TarEntry> => {
  // The limit covers the beginning of the answer and its first entry together.
  const until = within(signal, limitMs);
  const stream = await engine.stream("GET", pathOf(container), { query: { path }, signal: until, limitMs });
  return entryIn(stream, `GET ${pathOf(container)}`, contentMax);
};

const isThere = async (engine: Engine, container: string, signal: AbortSignal): Promise<boolean> => {
  const { State } = await engine.json<Container>("GET", `/containers/${container}/json`, { signal });
  return State?.Running === true;
};

/** The same, but null if the path does not exist. Rejects if the container is gone or not running. */
export const findInContainer = async (
  engine: Engine,
  place: InContainer,
  signal: AbortSignal,
  contentMax = 0,
): Promise<TarEntry | null> => {
  try {
    return await statInContainer(engine, place, signal, contentMax);
  } catch (error) {
    if (isNotFound(error) && (await isThere(engine, place.container, signal))) return null;
    throw error;
  }
};

/** Puts files into a folder of a container and replaces files of the same names. Safe to call twice. */
export const putIntoContainer = async (
  engine: Engine,
  { container, path }: InContainer,
  files: readonly FileToPut[],
  signal: AbortSignal,
): Promise<void> => {
  const stream = await engine.stream("PUT", pathOf(container), { query: { path }, body: tarOf(files), signal, limitMs });
  stream.resume();
  await new Promise<void>((resolve, reject) => stream.once("end", resolve).once("close", resolve).once("error", reject));
};
