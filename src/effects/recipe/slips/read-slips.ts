import type { Version } from "../../../machines/plan.js";
import { RunError } from "../../../machines/errors.js";
import { slipLine, type Slip } from "../../../machines/slip.js";
import type { App, RecipeSettings } from "../../../machines/vocabulary.js";
import { sampleName } from "../file-names.js";
import { sealEnv } from "../../abra/identity.js";
import { mergeEnv } from "../../abra/merge-env.js";
import { setInEnv, withDomain } from "../../abra/set-in-env.js";
import { composeFiles } from "../../compose/overlay.js";
import { resolveCompose } from "../../compose/resolve-compose.js";
import { versionLabel } from "../../compose/deploy-labels.js";
import type { Git } from "../git.js";
import { allVersions } from "../plan/read-versions.js";
import { findSlipsIn, type Resolved } from "./find-slips.js";
import { configured, sampleAt, type ReadRecipe } from "./recipe-at.js";

interface SlipInput {
  readonly git: Git;
  readonly readRecipe: ReadRecipe;
  /** The run's own clone of the recipe. */
  readonly dir: string;
  readonly app: App;
  readonly settings: Pick<RecipeSettings, "env">;
  /** The versions that are upgraded; if there are none, only the slips of the ref are found. */
  readonly bases: readonly Version[];
}

/** More bases would only show the same slips again. */
const basesMax = 5;

/** The .env of an app of this version. If it was upgraded: `before` and what is new. */
const envOf = ({ app, settings }: SlipInput, sample: string, before: string | null): string =>
  before === null
    ? sealEnv(app, "0", setInEnv(sample, sampleName, withDomain(settings.env, app.domain)), sampleName)
    : mergeEnv(before, sampleName, sample, sampleName).text;

interface WithEnv {
  readonly resolved: Resolved;
  readonly sample: string;
  readonly env: string;
}

/** Null for files that do not resolve or are too many to read here: the deploy then says what is wrong. */
const resolvedAt = async (input: SlipInput, version: Version, before: string | null, signal: AbortSignal): Promise<WithEnv | null> => {
  try {
    const recipe = await input.readRecipe(input.dir, version, signal);
    if (recipe === null) return null;
    const sample = await sampleAt(recipe);
    const env = envOf(input, sample, before);
    const { stack, domain } = input.app;
    const found = await configured(recipe, env, sampleName, { DOMAIN: domain, STACK_NAME: stack });
    if (found === null) return null;
    const compose = resolveCompose({
      files: composeFiles(found.variables),
      read: (name) => found.texts.get(name) ?? null,
      variables: found.variables,
      stack,
    });
    return { resolved: { ...found, compose }, sample, env };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof RunError && error.exitCode === 1) return null;
    throw error;
  }
};

const publishedOf = async (input: SlipInput, tested: Resolved, signal: AbortSignal): Promise<Resolved | null> => {
  const label = versionLabel(tested.compose, input.app.stack)?.value;
  const versions = label === undefined ? [] : await allVersions(input, signal);
  const same = versions.find(({ tag, commit }) => tag === label && commit !== input.app.commit);
  return same === undefined ? null : ((await resolvedAt(input, same, null, signal))?.resolved ?? null);
};

const slipsFrom = async (input: SlipInput, base: Version | null, signal: AbortSignal): Promise<readonly Slip[]> => {
  const { app } = input;
  const before = base === null ? null : await resolvedAt(input, base, null, signal);
  const tested = await resolvedAt(input, { tag: null, commit: app.commit }, before?.env ?? null, signal);
  if (tested === null) return [];
  const published = await publishedOf(input, tested.resolved, signal);
  return findSlipsIn({ stack: app.stack, tested: tested.resolved, sample: tested.sample, base: before?.resolved ?? null, published });
};

/**
 * What the packager forgot, found in the recipe's repository alone: by file and line, each once. Changes nothing.
 *
 * Files that cannot be resolved have no slips: the deploy says what is wrong with them.
 */
export const findSlips = async (input: SlipInput, signal: AbortSignal): Promise<readonly Slip[]> => {
  const bases = input.bases.length === 0 ? [null] : input.bases.slice(0, basesMax);
  const found: Slip[] = [];
  for (const base of bases) found.push(...(await slipsFrom(input, base, signal)));
  return [...new Map(found.map((slip) => [JSON.stringify([slip.file, slip.line, slip.code]), slip])).values()];
};

/** Throws `packager-slip` if the deploy would fail anyway, so that people know in seconds and not in minutes. */
export const assertNotDeadly = (slips: readonly Slip[]): void => {
  const [first, ...others] = slips.filter(({ deadly }) => deadly);
  if (first === undefined) return;
  throw new RunError("packager-slip", `${slipLine(first)}${others.length === 0 ? "" : ` (and ${others.length} more)`}`, {
    hint: "Nothing was deployed: it would have failed by this. What to do stands in the message.",
    // If there is only one, the message says everything.
    details: others.length === 0 ? [] : [first, ...others].map(slipLine),
  });
};
