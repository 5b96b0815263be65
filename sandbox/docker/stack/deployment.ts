import type { Api } from "../api.js";
import type { Yaml } from "../compose/schema.js";
import { Refusal } from "../refusal.js";

/** One call of `docker stack deploy`. */
export interface Deploy {
  readonly api: Api;
  readonly stack: string;
  readonly document: Yaml;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Whether the caller was killed: what is done stays, the rest is not done. */
  readonly isGone: () => boolean;
}

/** Call it before each change. Throws if the caller was killed. */
export const step = ({ isGone }: Deploy): void => {
  if (isGone()) throw new Refusal("killed");
};
