import type { SecureContext } from "node:tls";
import type { ProbeTry } from "../../machines/settle/settle.types.js";
import type { Failure } from "../../machines/vocabulary.js";
import type { Engine } from "../docker/engine.js";
import type { Target } from "./ask-app.js";

export interface ProbeSettings {
  readonly engine: Engine;
  /** The authorities that are trusted beside or instead of Node's own. */
  readonly trust: () => SecureContext | undefined;
  /** What was found out on the way, for people; told again at each look. */
  readonly note: (line: string) => void;
}

/** What can be asked now, or why nothing can, or that nothing ever will be. */
export type Targets = { readonly targets: readonly Target[] } | { readonly tried: ProbeTry } | { readonly hopeless: Failure };

/** Where to ask, which may be found out only by asking. */
export type Finder = (signal: AbortSignal) => Promise<Targets>;

export const nothingRuns = (reach: string): ProbeTry => ({ address: reach, why: "no container of the service is on this node", hint: "A service on another node must publish its port to be reached from here." });
