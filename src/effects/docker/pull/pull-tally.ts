import type { PullProgress } from "../engine-schema.js";

/** How far the pulls of one deploy have come. */
export interface PullState {
  /** What was not here: the images that had to be asked for. */
  readonly images: readonly string[];
  readonly done: readonly string[];
  /** What has come of the layers that were announced. A layer of two images counts once. */
  readonly bytes: number;
  /** Grows as the registry announces more layers. */
  readonly bytesTotal: number;
}

export interface PullTally {
  readonly state: () => PullState;
  readonly see: (progress: PullProgress) => void;
  readonly finish: (image: string) => void;
}

/** Layers that anybody may announce: what is beyond is not counted. */
const layersMax = 10_000;

const isBytes = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value) && value >= 0;

interface Layer {
  readonly bytes: number;
  readonly total: number;
}

const nothing: Layer = { bytes: 0, total: 0 };

/** What the layer has come to by this line, or null where the line says nothing of it. */
const layerAfter = ({ status, progressDetail }: PullProgress, known: Layer | undefined): Layer | null => {
  const { current, total } = progressDetail ?? {};
  if (status === "Downloading" && isBytes(current)) return { bytes: current, total: Math.max(current, isBytes(total) ? total : 0) };
  return known !== undefined && (status === "Download complete" || status === "Pull complete") ? { bytes: known.total, total: known.total } : null;
};

/** Adds up what the daemon tells of each layer. */
export const createPullTally = (images: readonly string[]): PullTally => {
  const layers = new Map<string, Layer>();
  const done: string[] = [];
  let sum = nothing;
  return {
    state: () => ({ images, done: [...done], bytes: sum.bytes, bytesTotal: sum.total }),
    see: (progress) => {
      const { id } = progress;
      if (id === undefined) return;
      const known = layers.get(id);
      const now = known === undefined && layers.size >= layersMax ? null : layerAfter(progress, known);
      if (now === null) return;
      const before = known ?? nothing;
      layers.set(id, now);
      sum = { bytes: sum.bytes + now.bytes - before.bytes, total: sum.total + now.total - before.total };
    },
    finish: (image) => void done.push(image),
  };
};
