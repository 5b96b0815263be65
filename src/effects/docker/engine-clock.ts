import type { Engine } from "./engine.js";
import type { Info } from "./engine-schema.js";

/** An answer that took longer says too little about the clock to be kept: a starting daemon answers late. ms */
const keptMs = 250;

/** How far the engine's clock is ahead of `performance.now()`, which nobody can set and which never goes back. ms */
const known = new WeakMap<Engine, number>();

const untilAsked = (): number => Date.now() - performance.now();

/** The engine's clock if it is known; ours until it has been asked. ms */
export const engineTime = (engine: Engine): number => performance.now() + (known.get(engine) ?? untilAsked());

/**
 * The engine's clock, by which it dates what its tasks do. It is asked once and then continued by a clock that nobody
 * can set, because the wall clock may be set by hours during a run. If the difference is within the time that the
 * answer took, both clocks count as equal. ms
 */
export const askEngineTime = async (engine: Engine, signal: AbortSignal): Promise<number> => {
  if (known.has(engine)) return engineTime(engine);
  const [began, before] = [performance.now(), Date.now()];
  const { SystemTime } = await engine.json<Info>("GET", "/info", { signal });
  const answered = performance.now();
  const after = before + answered - began;
  const theirs = Date.parse(SystemTime ?? "");
  const isSame = Number.isNaN(theirs) || (before <= theirs && theirs <= after);
  const at = isSame ? after : theirs;
  if (answered - began <= keptMs) known.set(engine, at - answered);
  return at;
};

/** The clocks of a Swarm's nodes differ by seconds. ms */
const nodesDifferMs = 60_000;

/**
 * The time of a look, given the latest date in it. If the engine dates something further ahead than its nodes' clocks
 * differ, its clock was set or this host slept: from then on we use the later time too, because otherwise such a task
 * would count as not having run until the hours are over. If the clock was set back, what began since counts as old.
 */
export const notBefore = (engine: Engine, at: number, latest: number): number => {
  if (latest - at <= nodesDifferMs) return at;
  known.set(engine, (known.get(engine) ?? untilAsked()) + latest - at);
  return latest;
};
