import type { App } from "../../machines/vocabulary.js";
import { assertDeployable } from "../compose/assert-deployable.js";
import { assertFirstProbe } from "../compose/assert-first-probe.js";
import { assertImages } from "../compose/assert-images.js";
import type { ObjectKind } from "../compose/compose-objects.js";
import { isBackedUp, versionLabel, type DeployLabel } from "../compose/deploy-labels.js";
import { imagesOf, madeNames, plainNetworks, type Compose } from "../compose/resolve-compose.js";
import { checkRecipeFile, readRecipeFile } from "../recipe/gate.js";
import { awaitedObjects, type AwaitedObject } from "./awaited-objects.js";
import { checkPolicy } from "./check-policy.js";
import { policyDenied, type Finding } from "./finding.js";
import { hasSharedNames } from "./taken-routes.js";
import { readApp, type AppToCheck, type Reading, type View } from "./read-app.js";

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
