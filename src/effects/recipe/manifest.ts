import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { App, RecipeSettings } from "../../machines/vocabulary.js";
import { tiers } from "../../machines/vocabulary.js";
import { overlayName } from "../compose/overlay.js";
import { masked, type Masked } from "./masked.js";
import { settingsWords } from "./settings-words.js";
import { hookNames, programNamed, testsOf, type OwnFolders, type OwnProgram } from "../tier/own/programs.js";

/** Where the settings of a run come from. */
export type SettingsFrom = "operator" | "recipe" | "defaults";

/** Everything that a run resolved for its recipe, in a form that everybody may see. */
export interface Manifest {
  readonly recipe: string;
  readonly ref: string;
  readonly domain: string;
  readonly settings_from: SettingsFrom;
  readonly variant: string | null;
  /** The operator's compose.ccci.yml. */
  readonly overlay: boolean;
  readonly programs: readonly { readonly name: string; readonly author: OwnProgram["author"] }[];
  readonly settings: Masked;
}

const hasOverlay = (operatorDir: string): boolean => {
  try {
    return readdirSync(operatorDir).includes(overlayName);
  } catch {
    return false; // The operator has no folder for the recipe.
  }
};

interface ManifestOf {
  readonly app: App;
  readonly settings: RecipeSettings;
  readonly settingsFrom: SettingsFrom;
  readonly variant: string | null;
  readonly folders: OwnFolders;
}

export const manifestOf = ({ app, settings, settingsFrom, variant, folders }: ManifestOf): Manifest => {
  const hooks = [...hookNames, ...(settings.backupVerify === null ? [] : [settings.backupVerify])].flatMap(
    (name) => programNamed(folders, name) ?? [],
  );
  const tests = tiers.flatMap((tier) => testsOf(folders, tier).map((program) => ({ ...program, name: join("tests", tier, program.name) })));
  return {
    recipe: app.recipe,
    ref: app.commit,
    domain: app.domain,
    settings_from: settingsFrom,
    variant,
    overlay: hasOverlay(folders.operatorDir),
    programs: [...hooks, ...tests].map(({ name, author }) => ({ name, author })),
    settings: masked(settings),
  };
};

const froms: Readonly<Record<SettingsFrom, string>> = {
  operator: "the operator's recipe.yml",
  recipe: "the recipe's own recipe.yml",
  defaults: "no recipe.yml: defaults",
};

/** What the run resolved, for people, printed as it starts. */
export const manifestLines = (manifest: Manifest, defaults: RecipeSettings): readonly string[] => {
  const { settings_from: from, variant, overlay, programs } = manifest;
  const other = settingsWords(manifest.settings, masked(defaults));
  const named = (author: OwnProgram["author"]): string =>
    programs
      .filter((program) => program.author === author)
      .map(({ name }) => name)
      .join(", ");
  return [
    `settings: ${froms[from]}${variant === null ? "" : `, variant ${variant}`}${overlay ? ", compose.ccci.yml on top" : ""}${other.length === 0 ? "" : `; ${other.join(" ")}`}`,
    ...(["operator", "recipe"] as const).flatMap((author) =>
      named(author) === "" ? [] : [`${author === "operator" ? "the operator's" : "the recipe's own"} programs: ${named(author)}`],
    ),
  ];
};
