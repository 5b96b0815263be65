import { setTimeout as pause } from "node:timers/promises";
import type { Engine } from "./engine.js";
import { hasFailedItself } from "./engine-errors.js";
import type { ContainerSummary } from "./engine-schema.js";

export interface ContainersAsked {
  /** Those that do not run as well. */
  readonly all?: boolean;
  readonly filters?: Readonly<Record<string, readonly string[]>>;
}

/** Pauses before the listing is asked for once more. ms */
const pausesMs = [50, 100, 200, 400];

/**
 * The containers of the engine's node.
 *
 * Docker 29 lists none at all (500, `rw layer snapshot not found`) in the moment in which any of them, whosever it is, is
 * being removed: it is asked four times more. Rejects as the engine's calls do.
 */
export const listContainers = async (engine: Engine, query: ContainersAsked, signal?: AbortSignal): Promise<readonly ContainerSummary[]> => {
  const given = signal === undefined ? {} : { signal };
  const ask = () => engine.json<readonly ContainerSummary[]>("GET", "/containers/json", { query: { ...query }, ...given });
  for (const ms of pausesMs) {
    try {
      return await ask();
    } catch (error) {
      if (!hasFailedItself(error)) throw error;
    }
    // Whoever aborts hears so from the call.
    await pause(ms, undefined, given).catch(() => undefined);
  }
  return ask();
};
