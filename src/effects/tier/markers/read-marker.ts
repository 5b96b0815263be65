import { posix } from "node:path";
import type { Marker } from "../../../machines/tier/facts.js";
import type { App } from "../../../machines/vocabulary.js";
import { findInContainer } from "../../docker/archive.js";
import type { Engine } from "../../docker/engine.js";
import { withVolume } from "./mounted.js";

type Found =
  | { readonly kind: "content"; readonly content: string }
  | { readonly kind: "missing" }
  | { readonly kind: "changed"; readonly what: string };

/** A marker is one line. Of anything else in its place, no more is read than shows that it differs. */
const contentMax = 1_024;

/** What is in the place of a marker. Rejects if it cannot be read. */
export const readMarker = (engine: Engine, app: App, { volume, file }: Marker, signal: AbortSignal): Promise<Found> =>
  withVolume<Found>(
    {
      engine,
      app,
      volume,
      doing: "reading a marker in",
      writes: false,
      act: async ({ container, path }) => {
        const entry = await findInContainer(engine, { container, path: posix.join(path, file) }, signal, contentMax);
        if (entry === null) return { kind: "missing" };
        if (entry.kind !== "file") return { kind: "changed", what: entry.kind === "directory" ? "a folder" : "no plain file" };
        if (entry.size > contentMax) return { kind: "changed", what: `${entry.size} bytes` };
        return { kind: "content", content: entry.content.toString("utf8") };
      },
    },
    signal,
  );
