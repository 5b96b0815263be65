import type { Engine } from "./engine.js";
import type { Info } from "./engine-schema.js";

/** An answer that took longer tells too little of the clock to be kept: a daemon that starts answers late. ms */
const keptMs = 250;

/** How far its clock is ahead of this process's own, which nobody can set and which never goes back (`performance.now()`). ms */
const known = new WeakMap<Engine, number>();

const untilAsked = (): number => Date.now() - performance.now();

/** The engine's clock as far as it is known; ours until it has been asked. ms */
export const engineTime = (engine: Engine): number => performance.now() + (known.get(engine) ?? untilAsked());

/**
 * The engine's clock, by which it tells what its tasks do. Asked once, and carried on by a clock that nobody can set: ours
 * may be set by hours during a run. It is ours where both may well be the same, for how long the answer took is no
 * difference of clocks. ms
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
 * What the engine dates further ahead than its nodes' clocks differ shows that its clock was set, or that this host slept:
 * from then on it is that late here too, or such a task would not have run for a moment until the hours are over.
 * Resolves a look's time, with the latest date in it. Where the clock was set back, what began since counts as old.
 */
export const notBefore = (engine: Engine, at: number, latest: number): number => {
  if (latest - at <= nodesDifferMs) return at;
  known.set(engine, (known.get(engine) ?? untilAsked()) + latest - at);
  return latest;
};
