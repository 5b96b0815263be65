import { randomBytes } from "node:crypto";
import { posix } from "node:path";
import { RunError } from "../../../machines/errors.js";
import type { Facts, Marker } from "../../../machines/tier/facts.js";
import { findInContainer, putIntoContainer, statInContainer } from "../../docker/archive.js";
import type { FileToPut } from "../../docker/tar.js";
import type { OperationOf, OperationWiring } from "../operation.js";
import { withVolume } from "./mounted.js";
import { readMarker } from "./read-marker.js";
import { volumesOf } from "./volumes.js";

export type MarkerWiring = Pick<OperationWiring, "engine" | "note">;

/** Two in each volume: what is done to one need not be what is done to the other. */
const fileNames = [".recipe-ci-marker-1", ".recipe-ci-marker-2"] as const;

/** Anybody in the container may read it: an app that looks at all of its files must not stumble over ours. */
const mode = 0o644;

const newMarkers = (volume: string, folder: string): readonly Marker[] =>
  fileNames.map((name) => ({ volume, file: posix.join(folder, name), content: `${randomBytes(16).toString("hex")}\n` }));

/** Files of one folder of a volume, under the owner that the folder has. Resolves once they read as they were written. */
export const putMarkers = async ({ engine }: MarkerWiring, { app }: OperationOf, markers: readonly Marker[], signal: AbortSignal): Promise<void> => {
  const [first] = markers;
  if (first === undefined) return;
  const { volume } = first;
  await withVolume({
    engine,
    app,
    volume,
    doing: "putting a marker into",
    writes: true,
    act: async ({ container, path }) => {
      const folder = posix.join(path, posix.dirname(first.file));
      const { uid, gid } = await statInContainer(engine, container, folder, signal);
      const files = markers.map(({ file, content }): FileToPut => ({ name: posix.basename(file), content, uid, gid, mode }));
      await putIntoContainer(engine, container, folder, files, signal);
    },
  }, signal);
  for (const marker of markers) {
    const found = await readMarker(engine, app, marker, signal);
    if (found.kind === "content" && found.content === marker.content) continue;
    throw new RunError("volume-unreachable", `a marker was put into the volume ${volume} of ${app.domain}, and a moment later it was not there as it was written`, {
      hint: "Does the app clear the volume, or change what it finds there? Name it under clearedVolumes in recipe.yml.",
    });
  }
};

/** Folders of a volume that have a marker of their own; the volume itself where nothing else is said. */
export type FoldersOf = (volume: string) => readonly string[];

const wholeVolume: FoldersOf = () => ["."];

/**
 * Puts new markers into each named volume of the app, and keeps them in the facts in place of those that were there.
 * Volumes that cannot have one are left out, and people are told why.
 */
export const seedMarkers = async (wiring: MarkerWiring, of: OperationOf, signal: AbortSignal, foldersOf: FoldersOf = wholeVolume): Promise<Facts> => {
  const { app, settings, facts } = of;
  const markers: Marker[] = [];
  for (const { name, short, leftOut } of await volumesOf(wiring.engine, app, settings, signal)) {
    if (leftOut !== null) wiring.note(`no marker goes into the volume ${short}: ${leftOut}`);
    else {
      for (const folder of foldersOf(name)) {
        const seeded = newMarkers(name, folder);
        if (folder !== "." && !(await isFolder(wiring, of, name, folder, signal))) continue;
        await putMarkers(wiring, of, seeded, signal);
        markers.push(...seeded);
      }
    }
  }
  return { ...facts, markers };
};

/** What is no folder, or not yet there, has no marker. */
const isFolder = ({ engine }: MarkerWiring, { app }: OperationOf, volume: string, folder: string, signal: AbortSignal): Promise<boolean> =>
  withVolume({
    engine,
    app,
    volume,
    doing: "looking into",
    writes: true,
    act: async ({ container, path }) => (await findInContainer(engine, container, posix.join(path, folder), signal))?.kind === "directory",
  }, signal);
