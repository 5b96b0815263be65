import { fromPromise } from "xstate";
import type { TierPorts } from "../../machines/tier/tier.ports.js";
import type { TestResult, Tier } from "../../machines/vocabulary.js";
import type { BuiltInTest, OperationOf, OperationWiring } from "./operation.js";
import { builtInTests, operations } from "./operations.js";
import { cutOff } from "./cut-off.js";
import { testsOf } from "./own/programs.js";
import type { OwnCode } from "./own/run-program.js";
import { runTest } from "./own/run-test.js";
import type { ProbeSettings } from "./probe.types.js";
import { TestsKept } from "./tests-kept.js";

export interface TierSettings {
  readonly probe: Pick<ProbeSettings, "engine" | "trust">;
  readonly code: OwnCode;
  readonly onTest: (tier: Tier, result: TestResult) => void;
}

/** What the tier is named after, done once. */
export const operate = (wiring: OperationWiring): TierPorts["operate"] => fromPromise(({ input, signal }) => operations[input.tier](wiring)(input, signal));

const timed = async ({ name, holds }: BuiltInTest, of: OperationOf, signal: AbortSignal): Promise<TestResult> => {
  const began = performance.now();
  const message = await holds(of, signal).catch(String);
  return { name, outcome: message === null ? "passed" : "failed", durationMs: Math.round(performance.now() - began), message };
};

/** Null where the end of the tier ended it, however it took that. */
const unlessAborted = async <T>(work: Promise<T>, signal: AbortSignal): Promise<T | null> => {
  try {
    const done = await work;
    return signal.aborted ? null : done;
  } catch (error) {
    if (signal.aborted) return null;
    throw error;
  }
};

/** Built-in assertions, then the recipe's own executables, one after the other. A failed one does not keep the rest from running. */
export const runTier = (settings: TierSettings): TierPorts["runTier"] =>
  fromPromise(async ({ input, signal }) => {
    const { tier, settings: recipe } = input;
    const kept = new TestsKept();
    const keep = (result: TestResult): void => {
      const test = kept.keep(result);
      if (test !== null) settings.onTest(tier, test);
    };
    for (const result of await Promise.all(builtInTests[tier](settings.probe).map((test) => timed(test, input, signal)))) keep(result);
    const limitMs = recipe.tests.limitMs ?? recipe.timeouts.tierMs;
    const programs = testsOf(settings.code.foldersOf(input.app), tier);
    for (const [at, program] of programs.entries()) {
      const began = performance.now();
      const results = await unlessAborted(runTest(settings.code, program, { ...input, when: "test" }, limitMs, signal), signal);
      if (results === null) {
        // Nobody waits for what we resolve with any more; whoever reads the log asks which test it was.
        for (const test of cutOff(programs.slice(at).map(({ name }) => name), performance.now() - began)) settings.onTest(tier, test);
        throw signal.reason;
      }
      for (const result of results) keep(result);
    }
    const beyond = kept.beyond();
    if (beyond === null) return { tests: kept.tests };
    settings.onTest(tier, beyond);
    return { tests: [...kept.tests, beyond] };
  });
