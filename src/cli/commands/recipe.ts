import { join } from "node:path";
import { settingsIn } from "../../effects/abra/env-file.js";
import { composeFiles } from "../../effects/compose/overlay.js";
import { readRecipeFile } from "../../effects/recipe/gate.js";
import { manifestLines, type Manifest } from "../../effects/recipe/manifest.js";
import { settingsLines } from "../../effects/recipe/settings-words.js";
import { budgetLine } from "../../effects/recipe/plan/budget-line.js";
import { planLines } from "../../effects/recipe/plan/plan-lines.js";
import { assertRunnable, prepare, type PreparedRecipe } from "../../effects/recipe/prepare-recipe.js";
import { defaultSettings } from "../../effects/recipe/recipe-settings.js";
import { oneLine } from "../../effects/report/printable.js";
import { slipLine } from "../../machines/slip.js";
import { draftOf } from "../../effects/recipe/draft-settings.js";
import { failureFrom, RunError } from "../../machines/errors.js";
import type { ExitCode, Failure } from "../../machines/vocabulary.js";
import { sampleName } from "../../effects/recipe/file-names.js";
import type { Io } from "../io.js";
import { initLines } from "../render/init-lines.js";
import { inScratch, type Scratch } from "../run/scratch.js";
import type { RunSettings } from "../settings/run-settings.js";
import { putNew, settingsFileFor } from "../settings/new-recipe-yml.js";

interface Checked {
  readonly found: PreparedRecipe | null;
  /** The failure with which a run would end at once; null: it would go on. */
  readonly failure: Failure | null;
  readonly notes: readonly string[];
}

/** The failure with which a run would end before its deploy; null: it would deploy. */
const endOf = async ({ prepareSettings, signal }: Scratch, { prepared }: PreparedRecipe): Promise<Failure | null> => {
  try {
    await assertRunnable(prepareSettings, prepared, signal);
    return null;
  } catch (error) {
    return failureFrom(error);
  }
};

const look = async (scratch: Scratch, notices: readonly string[]): Promise<Checked> => {
  const { prepareSettings, input, signal } = scratch;
  const notes = [...notices];
  const note = (line: string): void => void notes.push(line);
  try {
    const found = await prepare({ ...prepareSettings, note, ownCode: { ...prepareSettings.ownCode, note } }, input, signal);
    return { found, failure: await endOf(scratch, found), notes };
  } catch (error) {
    const failure = failureFrom(error);
    // If the call is wrong or the host cannot work, that says nothing about the recipe.
    if (failure.exitCode !== 1) throw error;
    return { found: null, failure, notes };
  }
};

const nothingEnds = (remarks: readonly string[]): string =>
  remarks.length === 0 ? "nothing speaks against a run" : "nothing ends a run at once, but see each remark above";

const lines = ({ found, failure, notes }: Checked, deadlineMs: number): readonly string[] => {
  const problems =
    failure === null
      ? [nothingEnds(found?.remarks ?? [])]
      : [
          `a run would end at once: ${oneLine(failure.message)}`,
          ...failure.details.map((line) => `  ${oneLine(line)}`),
          `next: ${oneLine(failure.hint)}`,
        ];
  if (found === null) return [...notes, ...problems];
  const { prepared, checked, target, manifest, remarks } = found;
  return [
    `${manifest.recipe} at ${manifest.ref.slice(0, 12)} as ${manifest.domain}`,
    ...notes,
    ...manifestLines(manifest, defaultSettings()),
    "all settings, by their keys in recipe.yml; what is empty is left out:",
    ...settingsLines(manifest.settings).map((line) => `  ${oneLine(line)}`),
    `services: ${checked.services.join(", ")}`,
    `images: ${checked.images.join(", ")}`,
    ...prepared.deps.map(({ app, version }) => `needs ${app.recipe} ${version.tag ?? app.commit.slice(0, 12)} as ${app.domain}`),
    ...planLines(prepared.plan, target),
    ...prepared.slips.map((slip) => `slip: ${oneLine(slipLine(slip))}`),
    budgetLine(prepared, deadlineMs),
    ...remarks.map((remark) => `remark: ${oneLine(remark)}`),
    ...problems,
  ];
};

const asJson = ({ found, failure, notes }: Checked, manifestOf: (found: PreparedRecipe) => Manifest, deadlineMs: number): object => ({
  ok: failure === null,
  failure,
  notes,
  customization: found === null ? null : manifestOf(found),
  services: found?.checked.services ?? [],
  images: found?.checked.images ?? [],
  deps: found?.prepared.deps.map(({ app: { recipe, domain }, version }) => ({ recipe, domain, version: version.tag })) ?? [],
  plan: found?.prepared.plan ?? null,
  slips: found?.prepared.slips ?? [],
  remarks: found?.remarks ?? [],
  deadline_ms: deadlineMs,
});

/**
 * Says what a run of the recipe would do, without running it. 0; if a run would end at once, its exit code: 1 for the recipe, 2 for the
 * deadline.
 */
export const recipeCheck = async (settings: RunSettings, io: Io): Promise<ExitCode> =>
  inScratch<ExitCode>(settings, io, async (scratch) => {
    const checked = await look(scratch, settings.notices);
    if (settings.json)
      io.out(
        JSON.stringify(
          asJson(checked, ({ manifest }) => manifest, settings.deadlineMs),
          null,
          2,
        ),
      );
    else for (const line of lines(checked, settings.deadlineMs)) io.out(line);
    return checked.failure?.exitCode ?? 0;
  });

const noRecipe = (recipe: string, lacks: string): RunError =>
  new RunError("no-recipe", `what was fetched as ${recipe} is no recipe: it has no ${lacks}`, {
    hint: "Name the recipe's own folder or repository with --src.",
  });

/** Writes a commented recipe.yml from what is found in the recipe. An existing one is never overwritten. */
export const recipeInit = async (settings: RunSettings, folder: string | null, io: Io): Promise<ExitCode> =>
  inScratch<ExitCode>(settings, io, async (scratch) => {
    const file = settingsFileFor(settings, folder);
    const dir = await scratch.fetch();
    const sample = readRecipeFile(dir, sampleName);
    if (sample === null) throw noRecipe(settings.recipe, sampleName);
    const missing = composeFiles(settingsIn(sample, sampleName)).find((name) => readRecipeFile(dir, name) === null);
    if (missing !== undefined) throw noRecipe(settings.recipe, missing);
    const text = draftOf({
      recipe: settings.recipe,
      read: (name) => readRecipeFile(dir, name),
      schema: join(scratch.installation, "schemas", "recipe.schema.json"),
    });
    putNew(file, text);
    if (settings.json) io.out(JSON.stringify({ file }, null, 2));
    else
      for (const line of initLines({
        ...settings,
        file,
        isSandbox: settings.sandbox !== null,
        listedIn: folder === null ? null : settings.ownCode.file,
      }))
        io.out(line);
    return 0;
  });
