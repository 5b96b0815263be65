/** Who started one of the stand-in tools, wherever the work itself is done. */
export interface Caller {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** All of its stdin; asked for only by what reads it. */
  readonly input: () => Promise<Buffer>;
  /** It was killed: whoever works for it stops at the next step. */
  readonly isGone: () => boolean;
}

/** What to do after a tool's last word: leave with this code, or never leave. */
export type Ending = number | "hang" | "hang-deaf";

/** What a tool called never ends, and so the tool itself does not either. */
export class Hanging extends Error {}
