import { setTimeout as pause } from "node:timers/promises";

export interface Patience {
  /** ms */
  readonly limitMs?: number;
  readonly everyMs?: number;
  /** Told when the limit is over. */
  readonly otherwise?: () => string;
}

/** The first value that is neither undefined, null nor false. Throws, naming what was waited for, once the limit is over. */
export const waitFor = async <T>(
  what: string,
  look: () => T | undefined | null | false,
  { limitMs = 20_000, everyMs = 10, otherwise }: Patience = {},
): Promise<T> => {
  const until = performance.now() + limitMs;
  for (;;) {
    const found = look();
    if (found !== undefined && found !== null && found !== false) return found;
    if (performance.now() > until)
      throw new Error(`waited ${limitMs} ms in vain for ${what}${otherwise === undefined ? "" : `\n${otherwise()}`}`);
    await pause(everyMs);
  }
};
