import { existsSync } from "node:fs";
import { join } from "node:path";
import { fromPromise } from "xstate";
import type { TierPorts } from "../../machines/tier/tier.ports.js";
import type { App, TestResult, Tier } from "../../machines/vocabulary.js";
import type { Scope } from "../children/registry.js";
import { executablesIn, runExecutable } from "./executables.js";
import type { BuiltInTest, OperationOf, OperationWiring } from "./operation.js";
import { builtInTests, operations } from "./operations.js";
import type { ProbeSettings } from "./probe.types.js";

export interface TierSettings {
  readonly scope: Scope;
  readonly probe: Pick<ProbeSettings, "engine" | "trust">;
  /** The run's own copy of the operator's folder for the recipe. */
  readonly operatorDir: string;
  readonly cwd: string;
  readonly env: (app: App, url: string) => Readonly<Record<string, string>>;
  readonly onTest: (tier: Tier, result: TestResult) => void;
  readonly onOutput: (test: string, text: string) => void;
}

/** What the tier is named after, done once. */
export const operate = (wiring: OperationWiring): TierPorts["operate"] => fromPromise(({ input, signal }) => operations[input.tier](wiring)(input, signal));

const timed = async ({ name, holds }: BuiltInTest, of: OperationOf, signal: AbortSignal): Promise<TestResult> => {
  const began = performance.now();
  const message = await holds(of, signal).catch(String);
  return { name, outcome: message === null ? "passed" : "failed", durationMs: Math.round(performance.now() - began), message };
};

/** One executable of the recipe's folder, named by its path in there. */
export const runOwn =
  ({ scope, operatorDir, cwd, env, onOutput }: TierSettings): OperationWiring["runOwn"] =>
  async (name, { app, settings, url }, signal) => {
    const file = join(operatorDir, name);
    if (!existsSync(file)) return null;
    return runExecutable({ scope, file, name, cwd, env: env(app, url), limitMs: settings.timeouts.hookMs, onOutput: (text) => onOutput(name, text), signal });
  };

/** Built-in assertions, then the operator's executables, one after the other. A failed one does not keep the rest from running. */
export const runTier = (settings: TierSettings): TierPorts["runTier"] =>
  fromPromise(async ({ input, signal }) => {
    const { tier, app, settings: recipe, url } = input;
    const tests: TestResult[] = [];
    const keep = (result: TestResult): void => {
      tests.push(result);
      settings.onTest(tier, result);
    };
    for (const result of await Promise.all(builtInTests[tier](settings.probe).map((test) => timed(test, input, signal)))) keep(result);
    for (const file of executablesIn(join(settings.operatorDir, "tests", tier))) {
      const name = file.slice(file.lastIndexOf("/") + 1);
      const { scope, cwd } = settings;
      const onOutput = (text: string): void => settings.onOutput(name, text);
      const env = settings.env(app, url);
      keep(await runExecutable({ scope, file, name, cwd, env, limitMs: recipe.timeouts.tierMs, onOutput, signal }));
    }
    return { tests };
  });
