/** The same numbers for the same seed, on every machine. */
export interface Random {
  /** 0 ≤ n < 1 */
  readonly next: () => number;
  /** A whole number, both ends included. */
  readonly between: (low: number, high: number) => number;
  readonly pick: <T>(from: readonly [T, ...T[]]) => T;
  /** By weight. */
  readonly weigh: <T>(from: readonly (readonly [number, T])[]) => T;
}

/** mulberry32. */
export const randomOf = (seed: number): Random => {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  return {
    next,
    between,
    pick: (from) => from[between(0, from.length - 1)] ?? from[0],
    weigh: (from) => {
      const total = from.reduce((sum, [weight]) => sum + weight, 0);
      let left = next() * total;
      for (const [weight, one] of from) {
        left -= weight;
        if (left < 0) return one;
      }
      const last = from.at(-1);
      if (last === undefined) throw new Error("nothing to weigh");
      return last[1];
    },
  };
};
