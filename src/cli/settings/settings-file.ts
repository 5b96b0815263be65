import { existsSync } from "node:fs";
import * as v from "valibot";
import { didYouMean } from "../../effects/did-you-mean.js";
import { FileRefused, readRegular } from "../../effects/files/regular-file.js";
import { parseYaml, YamlRefused } from "../../effects/recipe/parse-yaml.js";
import { badSetting } from "./bad-setting.js";
import { recipeNameForm } from "../../machines/names.js";

const bytesMax = 256 * 1024;

const keys = ["allowRepoTests"] as const;

const schema = v.strictObject({
  allowRepoTests: v.optional(
    v.array(
      v.pipe(v.string("is not a valid recipe name"), v.regex(recipeNameForm, "is not a valid recipe name")),
      "is not a list of recipes",
    ),
    [],
  ),
});

/** What this host's operator sets for all recipes. */
interface SettingsFile {
  readonly file: string;
  /** Recipes whose own repositories may run tests and hooks on this host. */
  readonly allowRepoTests: readonly string[];
}

const problemOf = (issue: v.InferIssue<typeof schema>): string => {
  const path = v.getDotPath(issue) ?? "the file";
  if (issue.type === "strict_object" && issue.expected === "never") return `has an unknown key ${path}. ${didYouMean(path, keys)}`;
  return `is not valid: ${path} ${issue.message}`;
};

const hint = "docs/operations.md has the keys of the settings file.";

/** If the file was named, it must exist. The default one may be missing; then nothing is allowed. Throws `bad-setting`, exit code 2. */
export const readSettingsFile = (file: string, isNamed: boolean): SettingsFile => {
  if (!isNamed && !existsSync(file)) return { file, allowRepoTests: [] };
  try {
    const said = parseYaml(readRegular(file, bytesMax).toString("utf8")) ?? {};
    const judged = v.safeParse(schema, said);
    if (!judged.success) throw badSetting("CCCI_SETTINGS", file, problemOf(judged.issues[0]), hint);
    return { file, ...judged.output };
  } catch (error) {
    if (!existsSync(file))
      throw badSetting(
        "CCCI_SETTINGS",
        file,
        "is not there",
        "Correct the path, or take CCCI_SETTINGS out of the environment: a host needs no settings file.",
      );
    if (error instanceof FileRefused) throw badSetting("CCCI_SETTINGS", file, "cannot be read as a plain file", hint);
    throw error instanceof YamlRefused ? badSetting("CCCI_SETTINGS", file, `is not valid: ${error.message}`, hint) : error;
  }
};
