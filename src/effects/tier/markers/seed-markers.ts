import { randomBytes } from "node:crypto";
import { posix } from "node:path";
import { RunError } from "../../../machines/errors.js";
import type { Facts, Marker } from "../../../machines/tier/facts.js";
import type { App } from "../../../machines/vocabulary.js";
import { findInContainer, putIntoContainer, statInContainer } from "../../docker/archive.js";
import type { Engine } from "../../docker/engine.js";
import type { FileToPut } from "../../docker/tar.js";
import type { OperationOf, OperationWiring } from "../operation.js";
import { withVolume } from "./mounted.js";
import { readMarker } from "./read-marker.js";
import { volumesOf, type UsedVolume } from "./volumes.js";

export type MarkerWiring = Pick<OperationWiring, "engine" | "note">;

/** Two in each volume, because different things are done to them. */
const fileNames = [".recipe-ci-marker-1", ".recipe-ci-marker-2"] as const;

/** Everybody in the container may read it: an app that reads all its files must not fail on ours. */
const mode = 0o644;

const newMarkers = (volume: string, folder: string): readonly Marker[] =>
  fileNames.map((name) => ({ volume, file: posix.join(folder, name), content: `${randomBytes(16).toString("hex")}\n` }));

/** Puts markers into one folder of a volume, with that folder's owner. Resolves when they read back as written. */
export const putMarkers = async (
  { engine }: MarkerWiring,
  { app }: OperationOf,
  markers: readonly Marker[],
  signal: AbortSignal,
): Promise<void> => {
  const [first] = markers;
  if (first === undefined) return;
  const { volume } = first;
  await withVolume(
    {
      engine,
      app,
      volume,
      doing: "putting a marker into",
      writes: true,
      act: async ({ container, path }) => {
        const folder = { container, path: posix.join(path, posix.dirname(first.file)) };
        const { uid, gid } = await statInContainer(engine, folder, signal);
        const files = markers.map(({ file, content }): FileToPut => ({ name: posix.basename(file), content, uid, gid, mode }));
        await putIntoContainer(engine, folder, files, signal);
      },
    },
    signal,
  );
  for (const marker of markers) {
    const found = await readMarker(engine, app, marker, signal);
    if (found.kind === "content" && found.content === marker.content) continue;
    throw new RunError(
      "volume-unreachable",
      `a marker was put into the volume ${volume} of ${app.domain}, and a moment later it was not there as it was written`,
      {
        hint: "Does the app clear the volume, or change what it finds there? Name it under clearedVolumes in recipe.yml.",
      },
    );
  }
};

/** The folders of a volume that get markers of their own, by the volume's name in the compose file. */
type FoldersOf = (volume: string) => readonly string[];

const wholeVolume: FoldersOf = () => ["."];

/** A folder of a volume, from the volume's root. */
interface InVolume {
  readonly volume: string;
  readonly folder: string;
}

/** Whether that is a folder: a file, or what does not exist yet, cannot contain a marker. */
const isFolder = (engine: Engine, app: App, { volume, folder }: InVolume, signal: AbortSignal): Promise<boolean> =>
  withVolume(
    {
      engine,
      app,
      volume,
      doing: "looking into",
      writes: true,
      act: async ({ container, path }) =>
        (await findInContainer(engine, { container, path: posix.join(path, folder) }, signal))?.kind === "directory",
    },
    signal,
  );

/** A label may name any number of folders, and each takes some calls. */
const foldersMax = 20;

/** A volume, and those of its folders that are to have markers. */
interface VolumeToSeed extends UsedVolume {
  readonly folders: readonly string[];
}

/** Puts markers into those folders of one volume that can have some, and notes which cannot. */
const seedVolume = async (
  wiring: MarkerWiring,
  of: OperationOf,
  { name, short, folders }: VolumeToSeed,
  signal: AbortSignal,
): Promise<readonly Marker[]> => {
  const seeded: Marker[] = [];
  if (folders.length === 0) wiring.note(`no marker goes into the volume ${short}: the recipe's labels leave it out of backups`);
  if (folders.length > foldersMax)
    wiring.note(`markers go into the first ${foldersMax} of the ${folders.length} folders of the volume ${short} that are backed up`);
  for (const folder of folders.slice(0, foldersMax)) {
    if (folder === "." || (await isFolder(wiring.engine, of.app, { volume: name, folder }, signal))) {
      const markers = newMarkers(name, folder);
      await putMarkers(wiring, of, markers, signal);
      seeded.push(...markers);
    } else wiring.note(`no marker goes into the volume ${short}: of it only ${folder} is backed up, which is no folder`);
  }
  return seeded;
};

/**
 * Puts new markers into each named volume of the app; in the facts they replace the earlier ones. Leaves out volumes
 * that cannot have one, and tells people why.
 */
export const seedMarkers = async (
  wiring: MarkerWiring,
  of: OperationOf,
  signal: AbortSignal,
  foldersOf: FoldersOf = wholeVolume,
): Promise<Facts> => {
  const markers: Marker[] = [];
  for (const volume of await volumesOf(wiring.engine, of.app, of.settings, signal)) {
    if (volume.leftOut === null) markers.push(...(await seedVolume(wiring, of, { ...volume, folders: foldersOf(volume.short) }, signal)));
    else wiring.note(`no marker goes into the volume ${volume.short}: ${volume.leftOut}`);
  }
  return { ...of.facts, markers };
};
