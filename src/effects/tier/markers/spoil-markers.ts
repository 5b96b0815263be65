import { posix } from "node:path";
import type { Marker } from "../../../machines/tier/facts.js";
import type { App } from "../../../machines/vocabulary.js";
import { isRefused } from "../../docker/engine-errors.js";
import type { Engine } from "../../docker/engine.js";
import { execInContainer } from "../../docker/exec.js";
import type { OperationOf } from "../operation.js";
import { withVolume } from "./mounted.js";
import { putMarkers, type MarkerWiring } from "./seed-markers.js";

/** Whether the container's runtime says that the image does not have the program. */
const isNoSuchProgram = (error: unknown): boolean =>
  isRefused(error) && error.status === 400 && /executable file not found|no such file or directory/i.test(error.said);

/** Removes a marker with the image's own `rm`. False if the image has none; then nothing was done. */
const removeMarker = (engine: Engine, app: App, { volume, file }: Marker, signal: AbortSignal): Promise<boolean> =>
  withVolume(
    {
      engine,
      app,
      volume,
      doing: "removing a marker in",
      writes: true,
      act: async ({ container, path }) => {
        const folder = posix.join(path, posix.dirname(file));
        try {
          return (
            (await execInContainer(engine, container, { folder, argv: ["rm", "-f", "--", posix.basename(file)] }, signal)).exitCode === 0
          );
        } catch (error) {
          if (isNoSuchProgram(error)) return false;
          throw error;
        }
      },
    },
    signal,
  );

/**
 * Changes every marker: removes every second one, or empties it if its image has no `rm`, and overwrites the others. A
 * restore has to undo both.
 */
export const spoilMarkers = async (wiring: MarkerWiring, of: OperationOf, signal: AbortSignal): Promise<void> => {
  for (const [index, marker] of of.facts.markers.entries()) {
    const isRemoved = index % 2 === 0 && (await removeMarker(wiring.engine, of.app, marker, signal));
    if (!isRemoved) await putMarkers(wiring, of, [{ ...marker, content: index % 2 === 0 ? "" : `overwritten ${marker.content}` }], signal);
  }
};
