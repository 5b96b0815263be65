/** The caller of one of the stand-in tools, wherever the work itself is done. */
export interface Caller {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** All of its stdin; called only by commands that read it. */
  readonly input: () => Promise<Buffer>;
  /** Whether it was killed: work for it then stops at the next step. */
  readonly isGone: () => boolean;
}

/** What to do after a tool's last output: end with this code, or never end. */
export type Ending = number | "hang" | "hang-deaf";

/** Thrown if a tool called something that never ends, so that the tool itself does not end either. */
export class Hanging extends Error {}
