import type { Engine } from "./engine.js";
import type { Info } from "./engine-schema.js";

/** An answer that took longer tells too little of the clock to be kept: a daemon that starts answers late. ms */
const keptMs = 250;

const known = new WeakMap<Engine, number>();

/**
 * How far the engine's clock is ahead of ours, at least: what it says of its tasks is measured by its own. It is 0 where
 * both may well be the same, for how long the answer took is no difference of clocks. ms
 */
export const clockAhead = async (engine: Engine, signal: AbortSignal): Promise<number> => {
  const kept = known.get(engine);
  if (kept !== undefined) return kept;
  const before = Date.now();
  const { SystemTime } = await engine.json<Info>("GET", "/info", { signal });
  const after = Date.now();
  const theirs = Date.parse(SystemTime ?? "");
  const isSame = Number.isNaN(theirs) || (before <= theirs && theirs <= after);
  const aheadMs = isSame ? 0 : theirs - after;
  if (after - before <= keptMs) known.set(engine, aheadMs);
  return aheadMs;
};
