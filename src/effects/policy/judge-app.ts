import { posix } from "node:path";
import type { Allow } from "../../machines/allow.js";
import type { App } from "../../machines/vocabulary.js";
import { exportsByAbra, exportsIn, type Exports } from "../abra/abra-sh.js";
import { assertDeployable } from "../compose/assert-deployable.js";
import { assertFirstProbe } from "../compose/assert-first-probe.js";
import { assertImages } from "../compose/assert-images.js";
import type { ObjectKind } from "../compose/compose-objects.js";
import { isBackedUp, versionLabel, type DeployLabel } from "../compose/deploy-labels.js";
import { composeFiles, overlayFor, overlayName } from "../compose/overlay.js";
import { imagesOf, madeNames, plainNetworks, resolveCompose, type Compose } from "../compose/resolve-compose.js";
import { checkRecipeFile, readRecipeFile } from "../recipe/gate.js";
import { abraShBytesMax } from "../recipe/recipe-file-refused.js";
import { awaitedObjects, type AwaitedObject } from "./awaited-objects.js";
import { checkPolicy } from "./check-policy.js";
import { policyDenied, type Finding } from "./finding.js";
import { hasSharedNames } from "./taken-routes.js";

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

/** What others need to know of an app's compose files. The files may be far larger and stay on the thread that read them. */
export interface CheckedApp {
  /** The images that a deploy would pull. */
  readonly images: readonly string[];
  /** The services, by their names in the compose files. */
  readonly services: readonly string[];
  /** The recipe's version, from the label of the service `app`. */
  readonly label: DeployLabel | null;
  readonly isBackedUp: boolean;
  /** What a deploy would create, by its names on the Swarm. */
  readonly names: ReturnType<typeof madeNames>;
  readonly plainNetworks: readonly string[];
  /** What must have been made before the deploy. */
  readonly awaited: readonly AwaitedObject[];
  /** The secrets, by their names in the compose files, which abra prints beside the values that it generated. */
  readonly secrets: readonly string[];
}

/** What the policy must know about the Swarm. Kinds that are not asked for may be answered with nothing. */
export interface SwarmQuestion {
  readonly kinds: readonly ObjectKind[];
  /** Whether to ask for names of the proxy: only if one could be another app's too, since recipes put their stack's name into theirs. */
  readonly routes: boolean;
}

export interface SwarmAnswer {
  readonly existing: Readonly<Record<ObjectKind, ReadonlySet<string>>>;
  /** Asked for together with the volumes: whether there are nodes other than the one that lists them. */
  readonly hasOtherNodes: boolean;
  /** Existing networks on which the Swarm accepts no service. */
  readonly ofOneNode: ReadonlySet<string>;
  readonly taken: ReadonlyMap<string, readonly string[]>;
}

export type AskSwarm = (question: SwarmQuestion) => Promise<SwarmAnswer>;

/** One way to read an app's .env and its recipe's abra.sh together. */
interface View {
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
interface Reading {
  readonly views: readonly Resolved[];
  /** The operator's overlay, if there is one. */
  readonly trustedFile: string | null;
}

const readApp = (input: AppToCheck): Reading => {
  const { recipeDir, operatorDir, settings } = input;
  const first = composeFiles(settings)[0] ?? "";
  const overlay = overlayFor(operatorDir, (first === overlayName ? null : readRecipeFile(recipeDir, first)) ?? "");
  return { views: resolveAll(input, overlay), trustedFile: overlay === null ? null : overlayName };
};

const readOtherwise =
  "abra may read abra.sh that way: write each line there as `export NAME=value`, one to a line, without quotes or a comment, and COMPOSE_FILE into .env.sample";

/** A finding that only an unexpected reading has is reported with what would make every reading the expected one. */
const toldWith = ({ isExpected }: View, finding: Finding): Finding =>
  isExpected ? finding : { ...finding, instead: [finding.instead, readOtherwise].filter((one) => one !== undefined).join("; ") };

/** Each thing once, as in the first view that has it. */
const onceBy = <T>(things: readonly T[], keyOf: (thing: T) => string): readonly T[] =>
  [...new Map(things.toReversed().map((thing) => [keyOf(thing), thing])).values()].toReversed();

/** What to ask about the Swarm: the kinds of objects that the compose files name themselves. */
const questionOf = (composes: readonly Compose[], stack: string): SwarmQuestion => ({
  kinds: [
    ...new Set(
      composes.flatMap(({ objects }) =>
        objects
          .filter(({ kind, name, external }) => (external && kind === "networks") || !name.startsWith(`${stack}_`))
          .map(({ kind }) => kind),
      ),
    ),
  ],
  routes: composes.some(({ services }) => services.some((service) => hasSharedNames(service, stack))),
});

/** Throws what would make the deploy fail whatever the policy allows. */
const assertExpectedViews = ({ views }: Reading, { app, deployMs }: AppToCheck): void => {
  for (const { compose, isExpected } of views) {
    if (!isExpected) continue;
    assertImages(compose);
    assertDeployable(compose, app.stack);
    assertFirstProbe(compose, deployMs);
  }
};

const findingsIn = ({ views, trustedFile }: Reading, { app, allow, recipeDir }: AppToCheck, swarm: SwarmAnswer): readonly Finding[] =>
  views.flatMap((view) =>
    checkPolicy(view.compose, {
      ...swarm,
      allow,
      stack: app.stack,
      domain: app.domain,
      trustedFile,
      base: view.base,
      checkFile: (name) => checkRecipeFile(recipeDir, name),
      readFile: (name) => readRecipeFile(recipeDir, name),
    }).map((finding) => toldWith(view, finding)),
  );

/** What others need to know, as in the first view; what may have to be made or masked, as in all of them. */
const checkedApp = ({ views, trustedFile }: Reading, { stack }: App): CheckedApp => {
  const compose = views[0]?.compose ?? { services: [], objects: [] };
  const awaited = views.flatMap((view) =>
    awaitedObjects(view.compose, stack, trustedFile).map((object) => ({ ...object, finding: toldWith(view, object.finding) })),
  );
  const objects = views.flatMap((view) => view.compose.objects);
  return {
    images: imagesOf(compose),
    services: compose.services.map(({ name }) => name),
    label: versionLabel(compose, stack),
    isBackedUp: isBackedUp(compose),
    names: madeNames(compose),
    plainNetworks: plainNetworks(compose, stack),
    awaited: onceBy(awaited, ({ kind, name }) => `${kind} ${name}`),
    secrets: [...new Set(objects.flatMap(({ kind, key }) => (kind === "secrets" ? [key] : [])))],
  };
};

/**
 * Resolves the compose files of an app and checks them against the policy.
 *
 * Knows about the Swarm only what `ask` answers, and changes nothing. A stranger's files decide how long it takes: see
 * check-app. Throws `compose-refused`, `health-check-too-late`, `recipe-file-refused` or `policy-denied`, all with exit code 1.
 */
export const judgeApp = async (input: AppToCheck, ask: AskSwarm): Promise<CheckedApp> => {
  const { app } = input;
  const reading = readApp(input);
  assertExpectedViews(reading, input);
  const composes = reading.views.map(({ compose }) => compose);
  const findings = findingsIn(reading, input, await ask(questionOf(composes, app.stack)));
  if (findings.length > 0)
    throw policyDenied(
      app.recipe,
      onceBy(findings, ({ at, what }) => JSON.stringify([at, what])),
    );
  return checkedApp(reading, app);
};
