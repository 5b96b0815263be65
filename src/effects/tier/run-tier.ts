import { fromPromise } from "xstate";
import type { TierOf, TierPorts } from "../../machines/tier/tier.ports.js";
import type { TestResult, Tier } from "../../machines/vocabulary.js";
import type { BuiltInTest, OperationWiring } from "./operation.js";
import { builtInTests, operations } from "./operations.js";
import { cutOff } from "./cut-off.js";
import { testsOf } from "./own/programs.js";
import type { OwnCode } from "./own/run-program.js";
import { runTest } from "./own/run-test.js";
import type { ProbeSettings } from "./probe.types.js";
import { TestsInTurn, type TestDue } from "./tests-in-turn.js";
import { TestsKept } from "./tests-kept.js";

export interface TierSettings {
  readonly probe: Pick<ProbeSettings, "engine" | "trust">;
  readonly code: OwnCode;
  /** Called when a test has ended. */
  readonly onTest: (tier: Tier, result: TestResult) => void;
  /**
   * Called when something ends the tier in the middle of its tests, with those that are left. Called at once, whether or not the running
   * test ever ends.
   */
  readonly onCut: (tier: Tier, left: readonly TestResult[]) => void;
}

/** What the tier is named after, done once. */
export const operate = (wiring: OperationWiring): TierPorts["operate"] =>
  fromPromise(({ input, signal }) => wiring.code.acts.during(null, () => operations[input.tier](wiring)(input, signal)));

const builtIn = ({ name, holds }: BuiltInTest, of: TierOf, signal: AbortSignal): TestDue => ({
  name,
  run: async () => {
    const began = performance.now();
    const message = await holds(of, signal).catch(String);
    return [{ name, outcome: message === null ? "passed" : "failed", durationMs: Math.round(performance.now() - began), message }];
  },
});

const programsOf = (code: OwnCode, of: TierOf, signal: AbortSignal): readonly TestDue[] => {
  const limitMs = of.settings.tests.limitMs ?? of.settings.timeouts.tierMs;
  return testsOf(code.foldersOf(of.app), of.tier).map((program) => ({
    name: program.name,
    run: () => runTest(code, { program, occasion: { ...of, when: "test" }, limitMs }, signal),
  }));
};

/** Runs the built-in assertions, then the recipe's own executables, one after the other. If one fails, the others still run. */
export const runTier = ({ probe, code, onTest, onCut }: TierSettings): TierPorts["runTier"] =>
  fromPromise(async ({ input, signal }) => {
    const { tier } = input;
    const kept = new TestsKept();
    const keep = (result: TestResult): void => {
      const test = kept.keep(result);
      if (test !== null) onTest(tier, test);
    };
    const tellBeyond = (): readonly TestResult[] => {
      const beyond = kept.beyond();
      if (beyond !== null) onTest(tier, beyond);
      return beyond === null ? [] : [beyond];
    };
    const [builtIns, programs] = [builtInTests[tier](probe).map((test) => builtIn(test, input, signal)), programsOf(code, input, signal)];
    const tests = new TestsInTurn([...builtIns, ...programs], keep);
    const cut = (): void => {
      const left = cutOff(tests.cut(), performance.now());
      tellBeyond();
      onCut(tier, left);
    };
    signal.addEventListener("abort", cut, { once: true });
    try {
      await Promise.all(builtIns.map((test) => tests.run(test)));
      for (const program of programs) {
        signal.throwIfAborted();
        await tests.run(program);
      }
    } catch (error) {
      if (!signal.aborted) cut();
      throw error;
    } finally {
      signal.removeEventListener("abort", cut);
    }
    return { tests: [...kept.tests, ...tellBeyond()] };
  });
