import { runSetup } from "./run-setup.js";
import { holding } from "./states/holding.js";
import { prepare } from "./states/prepare.js";
import { reporting } from "./states/reporting.js";
import { exitCodeFor, verdictOf } from "./verdict.js";
import { endsCycles } from "../ends-cycles.js";

/**
 * One run of one recipe, from the first look at it to the report.
 *
 * Invariants: `running` is left only into `tearingDown`, and `tearingDown` only into `reporting`. The lock is held
 * throughout both. From `tearingDown` on, nothing from outside changes a state, starts an actor or stops one. The first
 * verdict stands; no verdict at the end means red.
 */
export const runMachine = runSetup.createMachine({
  id: "run",
  description: "One run of one recipe. Once the lock is held, every way out leads through tearingDown.",
  options: endsCycles,
  context: ({ input }) => ({
    ...input,
    prepared: null,
    holder: null,
    remains: null,
    recovered: 0,
    round: 0,
    deployment: null,
    factsBefore: null,
    tiersLeft: [],
    results: [],
    verdict: null,
    evidence: null,
    cleanliness: { kind: "unknown" },
    ignored: [],
  }),
  output: ({ context }) => {
    const verdict = verdictOf(context);
    return { verdict, cleanliness: context.cleanliness, exitCode: exitCodeFor(verdict, context.cleanliness) };
  },
  invoke: {
    id: "stops",
    src: "stops",
    input: () => undefined,
    onError: {
      description: "Where stops cannot be heard, the deadline still ends the run.",
      actions: { type: "noteIgnored", params: { what: "the stream of stops broke" } },
    },
  },
  initial: "prepare",
  states: {
    prepare,
    holding,
    reporting,
    released: { type: "final", description: "The process ends now, and the kernel frees the lock." },
  },
});
