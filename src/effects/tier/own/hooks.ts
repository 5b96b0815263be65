import { fromPromise } from "xstate";
import { RunError } from "../../../machines/errors.js";
import type { TierOf } from "../../../machines/tier/tier.ports.js";
import type { App, RecipeSettings } from "../../../machines/vocabulary.js";
import type { Occasion } from "./environment.js";
import { programNamed, type OwnProgram } from "./programs.js";
import { runProgram, type OwnCode } from "./run-program.js";

/** A hook before or after a tier, as the machine asks for it. */
export type HookOf = TierOf & { when: "pre" | "post" };

const hookFailed = ({ name }: OwnProgram, how: string, lastLines: string): RunError =>
  new RunError("hook-failed", `the hook ${name} failed: ${how}`, {
    hint: "Its output is in the run's log. A hook ends with 0, within timeouts.hook of recipe.yml.",
    details: lastLines.split("\n").slice(-8),
  });

/** Runs the hook of that name if the app's recipe has one. */
const run = async (code: OwnCode, name: string, occasion: Occasion, signal: AbortSignal): Promise<void> => {
  const program = programNamed(code.foldersOf(occasion.app), name);
  if (program === null) return;
  const limitMs = occasion.settings.timeouts.hookMs;
  const { exitCode, how, lastLines } = await runProgram(code, { program, occasion, limitMs }, signal);
  if (exitCode !== 0) throw hookFailed(program, how, lastLines);
};

/** `pre_<tier>` or `post_<tier>`, if the recipe has one. Rejects with `hook-failed`. */
export const runHook = (code: OwnCode) =>
  fromPromise<void, HookOf>(({ input, signal }) => run(code, `${input.when}_${input.tier}`, input, signal));

const installSteps = "install_steps";

interface StepsOf {
  readonly app: App;
  readonly settings: RecipeSettings;
  /** The app's .env, which the steps may change. */
  readonly envFile: string;
}

/** Whether `runInstallSteps` would run anything for this app. */
export const hasInstallSteps = (code: OwnCode, app: App): boolean => programNamed(code.foldersOf(app), installSteps) !== null;

/** Runs `install_steps.sh`, if there is one, when the app has its .env and secrets and is not yet deployed. Rejects with `hook-failed`. */
export const runInstallSteps = (code: OwnCode, of: StepsOf, signal: AbortSignal): Promise<void> =>
  run(code, installSteps, { ...of, tier: "install", when: "steps", url: null, facts: null }, signal);
