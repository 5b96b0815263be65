import { posix } from "node:path";
import type { Allow } from "../../machines/allow.js";
import type { App } from "../../machines/vocabulary.js";
import { exportsByAbra, exportsIn, type Exports } from "../abra/abra-sh.js";
import { assertDeployable } from "../compose/assert-deployable.js";
import { assertImages } from "../compose/assert-images.js";
import type { ObjectKind } from "../compose/compose-objects.js";
import { isBackedUp, versionLabel, type DeployLabel } from "../compose/deploy-labels.js";
import { composeFiles, overlayFor, overlayName } from "../compose/overlay.js";
import { imagesOf, madeNames, resolveCompose, type Compose } from "../compose/resolve-compose.js";
import { checkRecipeFile, readRecipeFile } from "../recipe/gate.js";
import { abraShBytesMax } from "../recipe/recipe-file-refused.js";
import { checkPolicy } from "./check-policy.js";
import { policyDenied, type Finding } from "./finding.js";
import { hasSharedNames } from "./taken-routes.js";

export interface AppToCheck {
  readonly app: App;
  readonly recipeDir: string;
  /** The run's own copy of the operator's folder for the recipe. */
  readonly operatorDir: string;
  /** Of the app's .env, sealed. */
  readonly settings: Readonly<Record<string, string>>;
  readonly allow: Allow;
  /** The app's secrets have been made. */
  readonly isConfigured: boolean;
}

/** What is to be known of an app's compose files; they themselves may be far larger, and stay on the thread that read them. */
export interface CheckedApp {
  /** What a deploy would pull. */
  readonly images: readonly string[];
  /** As the compose files call them. */
  readonly services: readonly string[];
  /** The recipe's version, as the service `app` says it. */
  readonly label: DeployLabel | null;
  readonly isBackedUp: boolean;
  /** What a deploy would make, by its names on the Swarm. */
  readonly names: ReturnType<typeof madeNames>;
}

/** What must be known of the Swarm. Kinds of which nothing is asked may be answered with nothing. */
export interface SwarmQuestion {
  readonly kinds: readonly ObjectKind[];
  /** Names for the proxy, asked only where one could be another's as well: recipes put their stack's name into theirs. */
  readonly routes: boolean;
}

export interface SwarmAnswer {
  readonly existing: Readonly<Record<ObjectKind, ReadonlySet<string>>>;
  /** Asked for with the volumes: nodes beside the one that lists them. */
  readonly hasOtherNodes: boolean;
  /** Networks that are there, and on which the Swarm takes no service. */
  readonly ofOneNode: ReadonlySet<string>;
  readonly taken: ReadonlyMap<string, readonly string[]>;
}

export type AskSwarm = (question: SwarmQuestion) => Promise<SwarmAnswer>;

/** One way to read an app's .env and its recipe's abra.sh together. */
export interface View {
  readonly variables: Exports;
  /** The compose files that it names. */
  readonly files: readonly string[];
  /** What it comes to is taken for what is deployed; of another view only what it asks for counts. */
  readonly isExpected: boolean;
}

const areEqual = (one: Exports, other: Exports): boolean => JSON.stringify(Object.entries(one).toSorted()) === JSON.stringify(Object.entries(other).toSorted());

/**
 * What abra may make of the two: in some versions abra.sh goes over the .env, in others under it; a line may be an export to
 * one reader and none to another; and COMPOSE_FILE may be looked up before abra.sh is read. What any of them comes to must
 * be allowed. The first is the one that is pulled for.
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

const resolveAll = (input: AppToCheck, hasOverlay: boolean, overlay: string | null): readonly Resolved[] =>
  viewsOf(input).map((view) => {
    const files = hasOverlay && !view.files.includes(overlayName) ? [...view.files, overlayName] : view.files;
    const read = (name: string): string | null => (name === overlayName && overlay !== null ? overlay : readRecipeFile(input.recipeDir, name));
    return { ...view, compose: resolveCompose({ files, read, variables: view.variables, stack: input.app.stack }), base: posix.dirname(files[0] ?? "") };
  });

const readOtherwise = "abra may read abra.sh that way: write each line there as `export NAME=value`, one to a line, without quotes or a comment, and COMPOSE_FILE into .env.sample";

/** What only an unexpected reading comes to is told with what would make it read as expected. */
const toldWith = ({ isExpected }: View, finding: Finding): Finding => (isExpected ? finding : { ...finding, instead: [finding.instead, readOtherwise].filter((one) => one !== undefined).join("; ") });

/** Each once, as the first view tells it. */
const once = (findings: readonly Finding[]): readonly Finding[] => {
  const key = ({ at, what }: Finding): string => JSON.stringify([at, what]);
  return [...new Map(findings.toReversed().map((finding) => [key(finding), finding])).values()].toReversed();
};

/** The kinds for which the compose files ask by a name of their own. */
const questionOf = (composes: readonly Compose[], stack: string): SwarmQuestion => ({
  kinds: [...new Set(composes.flatMap(({ objects }) => objects.filter(({ name, external }) => external || !name.startsWith(`${stack}_`)).map(({ kind }) => kind)))],
  routes: composes.some(({ services }) => services.some((service) => hasSharedNames(service, stack))),
});

/**
 * Reads the compose files of an app as they resolve and holds them against the policy.
 *
 * Knows of the Swarm what `ask` says, and changes nothing. As long as a stranger's files make it: see check-app. Throws
 * `compose-refused`, `recipe-file-refused` or `policy-denied`, all of exit code 1.
 */
export const judgeApp = async (input: AppToCheck, ask: AskSwarm): Promise<CheckedApp> => {
  const { recipeDir, operatorDir, settings, allow, isConfigured, app } = input;
  const first = composeFiles(settings)[0] ?? "";
  const overlay = overlayFor(operatorDir, (first === overlayName ? null : readRecipeFile(recipeDir, first)) ?? "");
  const views = resolveAll(input, overlay !== null, overlay);
  const composes = views.map(({ compose }) => compose);
  for (const { compose, isExpected } of views) {
    if (!isExpected) continue;
    assertImages(compose);
    assertDeployable(compose, app.stack);
  }
  const { existing, hasOtherNodes, ofOneNode, taken } = await ask(questionOf(composes, app.stack));
  const trustedFile = overlay === null ? null : overlayName;
  const findings = views.flatMap((view) =>
    checkPolicy(view.compose, { allow, stack: app.stack, domain: app.domain, existing, hasOtherNodes, ofOneNode, taken, isConfigured, trustedFile, base: view.base, checkFile: (name) => checkRecipeFile(recipeDir, name), readFile: (name) => readRecipeFile(recipeDir, name) }).map((finding) => toldWith(view, finding)),
  );
  if (findings.length > 0) throw policyDenied(app.recipe, once(findings));
  const [compose = { services: [], objects: [] }] = composes;
  return { images: imagesOf(compose), services: compose.services.map(({ name }) => name), label: versionLabel(compose, app.stack), isBackedUp: isBackedUp(compose), names: madeNames(compose) };
};
