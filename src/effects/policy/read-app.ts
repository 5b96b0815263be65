import { posix } from "node:path";
import type { Allow } from "../../machines/allow.js";
import type { App } from "../../machines/vocabulary.js";
import { exportsByAbra, exportsIn, type Exports } from "../abra/abra-sh.js";
import { composeFiles, overlayFor, overlayName } from "../compose/overlay.js";
import { resolveCompose, type Compose } from "../compose/resolve-compose.js";
import { readRecipeFile } from "../recipe/gate.js";
import { abraShBytesMax } from "../recipe/recipe-file-refused.js";

export interface AppToCheck {
  readonly app: App;
  readonly recipeDir: string;
  /** The run's copy of the operator's folder for the recipe. */
  readonly operatorDir: string;
  /** The settings in the app's sealed .env. */
  readonly settings: Readonly<Record<string, string>>;
  readonly allow: Allow;
  /** How long a deploy may take to settle; ms. */
  readonly deployMs: number;
}

/** One way to read an app's .env and its recipe's abra.sh together. */
export interface View {
  readonly variables: Exports;
  /** The compose files in this view. */
  readonly files: readonly string[];
  /** Whether this view is taken for what is deployed. Of the others only what they ask for counts. */
  readonly isExpected: boolean;
}

const areEqual = (one: Exports, other: Exports): boolean =>
  JSON.stringify(Object.entries(one).toSorted()) === JSON.stringify(Object.entries(other).toSorted());

/**
 * The ways in which abra may read the two: in some versions abra.sh overrides the .env, in others it does not; a line
 * may be an export for one reader and not for another; and COMPOSE_FILE may be looked up before abra.sh is read. What
 * each of them amounts to must be allowed. Images are pulled for the first.
 */
export const viewsOf = ({ recipeDir, settings, app }: AppToCheck): readonly View[] => {
  const abraSh = readRecipeFile(recipeDir, "abra.sh", abraShBytesMax) ?? "";
  const [exported, byAbra] = [exportsIn(abraSh), exportsByAbra(abraSh)];
  const ours = { DOMAIN: app.domain, STACK_NAME: app.stack };
  const both = (read: Exports): readonly Exports[] => {
    const under = { ...read, ...settings, ...ours };
    const isOver = Object.entries(read).some(([key, value]) => settings[key] !== undefined && settings[key] !== value);
    return isOver ? [under, { ...settings, ...read, ...ours }] : [under];
  };
  const view = (variables: Exports, isExpected: boolean, from = variables): View => ({ variables, files: composeFiles(from), isExpected });
  const [expected, others] = [both(exported), areEqual(exported, byAbra) ? [] : both(byAbra)];
  const views = [...expected.map((variables) => view(variables, true)), ...others.map((variables) => view(variables, false))];
  const namesFiles = [exported, byAbra].some((read) => read["COMPOSE_FILE"] !== undefined);
  return namesFiles ? [...views, ...views.map(({ variables }) => view(variables, false, settings))] : views;
};

interface Resolved extends View {
  readonly compose: Compose;
  readonly base: string;
}

const resolveAll = (input: AppToCheck, overlay: string | null): readonly Resolved[] =>
  viewsOf(input).map((view) => {
    const files = overlay !== null && !view.files.includes(overlayName) ? [...view.files, overlayName] : view.files;
    const read = (name: string): string | null =>
      name === overlayName && overlay !== null ? overlay : readRecipeFile(input.recipeDir, name);
    return {
      ...view,
      compose: resolveCompose({ files, read, variables: view.variables, stack: input.app.stack }),
      base: posix.dirname(files[0] ?? ""),
    };
  });

/** The app's compose files as they may be read. */
export interface Reading {
  readonly views: readonly Resolved[];
  /** The operator's overlay, if there is one. */
  readonly trustedFile: string | null;
}

/** Reads and resolves them. Throws `compose-refused` and `recipe-file-refused`. */
export const readApp = (input: AppToCheck): Reading => {
  const { recipeDir, operatorDir, settings } = input;
  const first = composeFiles(settings)[0] ?? "";
  const overlay = overlayFor(operatorDir, (first === overlayName ? null : readRecipeFile(recipeDir, first)) ?? "");
  return { views: resolveAll(input, overlay), trustedFile: overlay === null ? null : overlayName };
};
