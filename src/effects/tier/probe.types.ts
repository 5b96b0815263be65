import type { SecureContext } from "node:tls";
import type { ProbeTry } from "../../machines/settle/settle.types.js";
import type { Failure } from "../../machines/vocabulary.js";
import type { Engine } from "../docker/engine.js";
import type { Target } from "./ask-app.js";

export interface ProbeSettings {
  readonly engine: Engine;
  /** The trusted authorities; undefined: those that Node brings. */
  readonly trust: () => SecureContext | undefined;
  /** Called at each look with what was found out, for people. */
  readonly note: (line: string) => void;
}

/** What can be asked now, or why nothing can be asked yet, or why nothing ever can. */
export type Targets = { readonly targets: readonly Target[] } | { readonly tried: ProbeTry } | { readonly hopeless: Failure };

/** Finds out where to ask, for which it may have to ask others. */
export type Finder = (signal: AbortSignal) => Promise<Targets>;

export const nothingRuns = (reach: string): ProbeTry => ({
  address: reach,
  why: "no container of the service is on this node",
  hint: "A service on another node must publish its port to be reached from here.",
});
