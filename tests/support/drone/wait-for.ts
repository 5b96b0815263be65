import { setTimeout as pause } from "node:timers/promises";

export interface Patience {
  /** ms */
  readonly limitMs?: number;
  readonly everyMs?: number;
  /** A text for the error if the limit is over. */
  readonly otherwise?: () => string;
}

/** Resolves with the first value that is not undefined, null or false. After the limit it throws an error that names `what`. */
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
