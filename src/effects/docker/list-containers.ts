import { setTimeout as pause } from "node:timers/promises";
import type { Engine } from "./engine.js";
import { hasFailedItself } from "./engine-errors.js";
import type { ContainerSummary } from "./engine-schema.js";

interface ContainersAsked {
  /** Whether to include containers that do not run. */
  readonly all?: boolean;
  readonly filters?: Readonly<Record<string, readonly string[]>>;
}

/** Pauses before each further try. ms */
const pausesMs = [50, 100, 200, 400];

/**
 * The containers of the engine's node.
 *
 * At the moment when any container, whosever it is, is being removed, Docker 29 lists none at all (500, `rw layer
 * snapshot not found`), so it is asked up to four times more. Rejects as the engine's calls do.
 */
export const listContainers = async (
  engine: Engine,
  query: ContainersAsked,
  signal?: AbortSignal,
): Promise<readonly ContainerSummary[]> => {
  const given = signal === undefined ? {} : { signal };
  const ask = () => engine.json<readonly ContainerSummary[]>("GET", "/containers/json", { query: { ...query }, ...given });
  for (const ms of pausesMs) {
    try {
      return await ask();
    } catch (error) {
      if (!hasFailedItself(error)) throw error;
    }
    // If the signal aborts, the next call rejects.
    await pause(ms, undefined, given).catch(() => undefined);
  }
  return ask();
};
