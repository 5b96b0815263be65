import type { Engine } from "./engine.js";

/** Names that a run has noted of an engine. They are forgotten with it. */
interface NamesNoted {
  readonly note: (engine: Engine, names: readonly string[]) => void;
  readonly has: (engine: Engine, name: string) => boolean;
}

export const createNamesNoted = (): NamesNoted => {
  const known = new WeakMap<Engine, Set<string>>();
  return {
    note: (engine, names) => void known.set(engine, new Set([...(known.get(engine) ?? []), ...names])),
    has: (engine, name) => known.get(engine)?.has(name) === true,
  };
};
