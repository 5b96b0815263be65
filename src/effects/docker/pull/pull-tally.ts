import type { PullProgress } from "../engine-schema.js";

/** How far the pulls of one deploy have come. */
export interface PullState {
  /** The images that had to be pulled. */
  readonly images: readonly string[];
  readonly done: readonly string[];
  /** How much of the announced layers has arrived. A layer of two images counts once. */
  readonly bytes: number;
  /** Grows as the registry announces more layers. */
  readonly bytesTotal: number;
}

export interface PullTally {
  readonly state: () => PullState;
  readonly see: (progress: PullProgress) => void;
  readonly finish: (image: string) => void;
}

/** How many layers are counted: a registry may announce any number. */
const layersMax = 10_000;

const isBytes = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value) && value >= 0;

interface Layer {
  readonly bytes: number;
  readonly total: number;
}

const nothing: Layer = { bytes: 0, total: 0 };

/** The state of the layer after this line; null if the line says nothing about it. */
const layerAfter = ({ status, progressDetail }: PullProgress, known: Layer | undefined): Layer | null => {
  const { current, total } = progressDetail ?? {};
  if (status === "Downloading" && isBytes(current)) return { bytes: current, total: Math.max(current, isBytes(total) ? total : 0) };
  return known !== undefined && (status === "Download complete" || status === "Pull complete")
    ? { bytes: known.total, total: known.total }
    : null;
};

/** Sums what the daemon reports of each layer. */
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
