/** What a packager may forget. Never rename a code: reports contain it. */
export type SlipCode =
  | "comment-as-value"
  | "config-not-renamed"
  | "image-without-version"
  | "no-app-service"
  | "no-version-label"
  | "timeout-form"
  | "version-label-form"
  | "version-published"
  | "name-too-long"
  | "variable-in-label-key";

/** One slip in a recipe, found from its files alone, before anything is deployed. */
export interface Slip {
  readonly file: string;
  readonly line: number;
  readonly code: SlipCode;
  /** What is wrong and what to do about it. */
  readonly sentence: string;
  /** The deploy would fail because of it, so the run does not try. */
  readonly deadly: boolean;
}

export const slipLine = ({ file, line, sentence }: Slip): string => `${file}:${line}: ${sentence}`;
