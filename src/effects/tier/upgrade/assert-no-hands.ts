import { RunError } from "../../../machines/errors.js";
import type { RecipeSettings } from "../../../machines/vocabulary.js";
import { sampleName } from "../../recipe/file-names.js";
import { settingsIn } from "../../abra/env-file.js";
import { appEnv } from "../../abra/configure-app.js";
import { recipeDirOf } from "../../abra/lay-out.js";
import { placeText } from "../../compose/compose-refused.js";
import { versionName } from "../../recipe/plan/plan-lines.js";
import { configured, sampleAt, type Configured, type RecipeAt } from "../../recipe/slips/recipe-at.js";
import type { OperationOf, OperationWiring } from "../operation.js";
import { needsHands, type Need } from "./needs-hands.js";

const notesFolder = "release/";
const noteBytesMax = 64 * 1024;
const notesMax = 20;

/** The release notes that are new in the new version, so those of every version since the one that runs; by version. */
const newNotes = async (before: RecipeAt, after: RecipeAt): Promise<ReadonlyMap<string, string>> => {
  const names = [...after.files].flatMap(([name, { blob }]) =>
    name.startsWith(notesFolder) && before.files.get(name)?.blob !== blob ? [name] : [],
  );
  const notes = new Map<string, string>();
  for (const name of names.slice(-notesMax)) notes.set(name.slice(notesFolder.length), (await after.read(name, noteBytesMax)) ?? "");
  return notes;
};

const wordsOf = (text: string): ReadonlySet<string> => new Set(text.split(/\W+/));

/** The versions whose notes mention a need. */
const toldBy = ({ names }: Need, notes: ReadonlyMap<string, string>): readonly string[] =>
  [...notes].flatMap(([version, text]) => (names.some((name) => wordsOf(text).has(name)) ? [version] : []));

/** Whether recipe.yml has acknowledged the notes: by the version, or by setting the variable from the upgrade on. */
const isRead = ({ names }: Need, versions: readonly string[], { upgradeAcknowledged, upgradeEnv }: RecipeSettings): boolean =>
  versions.some((version) => upgradeAcknowledged.includes(version)) ||
  (versions.length > 0 && names.some((name) => Object.hasOwn(upgradeEnv, name)));

/** The new version's label, read without substituting variables: the missing one may be among them. */
const labelIn = ({ texts }: Configured): string | null =>
  /\bcoop-cloud\.[^"'\s=]{1,80}\.version=([^"'\s]{1,120})/.exec([...texts.values()].join("\n"))?.[1] ?? null;

const needsOf = async (wiring: OperationWiring, { app, facts, target }: OperationOf, signal: AbortSignal) => {
  const dir = recipeDirOf(wiring.abraDir, app);
  const [before, after] = await Promise.all([facts.version, target].map((version) => wiring.readRecipe(dir, version, signal)));
  if (before === undefined || after === undefined || before === null || after === null) return null;
  const { file, text } = appEnv(wiring, app);
  const ours = { DOMAIN: app.domain, STACK_NAME: app.stack };
  const [running, next] = [await configured(before, text, file, ours), await configured(after, text, file, ours)];
  if (running === null || next === null) return null;
  const samples = { before: settingsIn(await sampleAt(before), sampleName), after: settingsIn(await sampleAt(after), sampleName) };
  return {
    needs: needsHands({ domain: app.domain, before: running, after: next, samples }),
    notes: await newNotes(before, after),
    label: labelIn(next),
  };
};

/**
 * Checks the upgrade as an operator gets it who changes only the version: red if something is left to do that the
 * release notes do not mention or recipe.yml has not acknowledged.
 *
 * Rejects with `upgrade-needs-hands` and, for each thing, the sentence that belongs in the notes. Ignores files that
 * are too large to be read meanwhile.
 */
export const assertNoHands = async (wiring: OperationWiring, of: OperationOf, signal: AbortSignal): Promise<void> => {
  const found = await needsOf(wiring, of, signal);
  if (found === null) return wiring.note("the recipe's files are too large to look for what an upgrade asks of its operator");
  const { needs, notes, label } = found;
  const open = needs.filter((need) => !isRead(need, toldBy(need, notes), of.settings));
  for (const { sentence } of needs.filter((need) => !open.includes(need))) wiring.note(`as the release notes say: ${sentence}`);
  if (open.length === 0) return;
  const untold = open.filter((need) => toldBy(need, notes).length === 0);
  const name = label ?? versionName(of.target);
  const told = [...new Set(open.flatMap((need) => toldBy(need, notes).slice(0, 1)))];
  const things = open.length === 1 ? "something" : `${open.length} things`;
  const list = JSON.stringify(untold.length === 0 ? told : [...told.filter((version) => version !== name), name]);
  throw new RunError(
    "upgrade-needs-hands",
    `the upgrade from ${versionName(of.facts.version)} to ${name} leaves ${things} to do by hand, ${untold.length === 0 ? "told by the release notes and not acknowledged" : "and the release notes do not tell"}: ${(untold[0] ?? open[0])?.sentence ?? ""}`,
    {
      hint:
        untold.length === 0
          ? `Read ${told.map((version) => `${notesFolder}${version}`).join(", ")}, and acknowledge it in recipe.yml: upgradeAcknowledged: ${list}`
          : `Give it a default, or write it into release/${name} by its name and acknowledge that in recipe.yml: upgradeAcknowledged: ${list}`,
      details: open.map(({ at, sentence }) => `${placeText(at)}: ${sentence}`),
    },
  );
};
