import { join } from "node:path";
import { createRunClock } from "../../effects/clock.js";
import { createChildRegistry } from "../../effects/children/registry.js";
import { operatorFolderOf } from "../../effects/recipe/operator-folder.js";
import { readRecipeSettings } from "../../effects/recipe/recipe-settings.js";
import { assertLaunched } from "../../effects/stops/launcher-gone.js";
import { createStops } from "../../effects/stops/stops.js";
import { RunError } from "../../machines/errors.js";
import { stopCodes } from "../../machines/run/verdict.js";
import type { ExitCode, StopCause } from "../../machines/vocabulary.js";
import type { Io } from "../io.js";
import type { Flags } from "../options.js";
import { installation } from "../settings/installation.js";
import type { RunSettings } from "../settings/run-settings.js";
import { childArguments } from "../variants/child-arguments.js";
import { variantTable, worstCode } from "../variants/table.js";
import { runVariant, type VariantEnd } from "../variants/variant-run.js";

/** How many variants run at once: each is an app of its own, and all share the host. */
const atOnce = 2;

/** The recipe's variants in the order of recipe.yml. Throws `bad-setting`, exit code 2. */
const variantsOf = ({ recipe, recipesDirs, hold }: RunSettings): readonly string[] => {
  if (hold !== "never")
    throw new RunError("bad-setting", "--hold keeps one app, and --variant all has several", { hint: "Name one variant." });
  const folder = operatorFolderOf(recipesDirs, recipe);
  const names = folder === null ? [] : readRecipeSettings(folder).variants.map(({ name }) => name);
  if (names.length > 0) return names;
  throw new RunError("bad-setting", `the operator's recipe.yml for ${recipe} has no variants`, {
    hint: "Add `variants:` to it, or leave --variant out. A recipe's own recipe.yml is not asked for `all`.",
  });
};

const program = join(installation, "bin", "recipe-ci");

/** Variables that each launcher and each run sets for itself. */
const own = ["RECIPE_CI_LAUNCHER", "RECIPE_CI_LAUNCHED_AT", "CCCI_VARIANT", "CCCI_RUN_ID"];

const environmentOf = (env: NodeJS.ProcessEnv): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(env).flatMap(([name, value]) => (value === undefined || own.includes(name) ? [] : [[name, value]])));

/** Runs the variants in their order, a few at once, and gives their ends in that order. After the signal no more are begun. */
const runInTurn = async (
  names: readonly string[],
  launch: (variant: string, signal: AbortSignal) => Promise<VariantEnd>,
  signal: AbortSignal,
): Promise<readonly VariantEnd[]> => {
  const ends: VariantEnd[] = [];
  const waiting = [...names];
  const worker = async (): Promise<void> => {
    for (let variant = waiting.shift(); variant !== undefined && !signal.aborted; variant = waiting.shift())
      ends.push(await launch(variant, signal));
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return ends.sort((a, b) => names.indexOf(a.variant) - names.indexOf(b.variant));
};

/**
 * Runs all variants of a recipe, each as a run of its own, a few at once. Prints one table; the exit code is that of
 * the worst. A stop is passed on to each run, and each tears down; variants that wait are not begun.
 */
export const runVariants = async (
  settings: RunSettings,
  { operand, flags }: { readonly operand: string | undefined; readonly flags: Flags },
  io: Io,
): Promise<ExitCode> => {
  const names = variantsOf(settings);
  const launcher = io.env["RECIPE_CI_LAUNCHER"];
  const stops = createStops(launcher);
  assertLaunched(launcher);
  const began = createRunClock(io.env["RECIPE_CI_LAUNCHED_AT"]);
  const scope = createChildRegistry().scope("work");
  const told = new AbortController();
  let cause: StopCause | null = null;
  stops.stops.subscribe((stop) => {
    cause ??= stop.cause;
    told.abort();
  });
  const say = settings.json ? io.err : io.out;
  say(`${names.length} variants of ${settings.recipe}, ${atOnce} at once: ${names.join(", ")}`);

  const launch = (variant: string, signal: AbortSignal): Promise<VariantEnd> => {
    const leftMs = settings.deadlineMs - began();
    const args = childArguments(operand, flags, { variant, runId: `${settings.runId}-${variant}`, leftMs });
    const env = environmentOf(io.env);
    return runVariant(variant, { scope, launcher: program, args, env, cwd: io.cwd, runsDir: settings.runsDir, leftMs, say }, signal);
  };
  const ends = await runInTurn(names, launch, told.signal);
  stops.close();
  if (settings.json) io.out(JSON.stringify({ recipe: settings.recipe, variants: ends, stopped: cause }, null, 2));
  for (const line of variantTable(ends)) say(line);
  return cause === null ? worstCode(ends) : stopCodes[cause];
};
