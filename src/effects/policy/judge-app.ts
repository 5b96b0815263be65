import { posix } from "node:path";
import type { Allow } from "../../machines/allow.js";
import type { App } from "../../machines/vocabulary.js";
import { exportsIn } from "../abra/abra-sh.js";
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
  readonly taken: ReadonlyMap<string, readonly string[]>;
}

export type AskSwarm = (question: SwarmQuestion) => Promise<SwarmAnswer>;

/**
 * What abra may make of the two: in some versions abra.sh goes over the .env, in others under it. Where they disagree,
 * what either comes to must be allowed. The first is the one that is pulled for.
 */
export const variablesOf = ({ recipeDir, settings, app }: AppToCheck): readonly Readonly<Record<string, string>>[] => {
  const exported = exportsIn(readRecipeFile(recipeDir, "abra.sh", abraShBytesMax) ?? "");
  const ours = { DOMAIN: app.domain, STACK_NAME: app.stack };
  const first = { ...exported, ...settings, ...ours };
  const disagree = Object.entries(exported).some(([key, value]) => settings[key] !== undefined && settings[key] !== value);
  return disagree ? [first, { ...settings, ...exported, ...ours }] : [first];
};

const resolveAll = (input: AppToCheck, hasOverlay: boolean, overlay: string | null): readonly { readonly compose: Compose; readonly base: string }[] =>
  variablesOf(input).map((variables) => {
    const named = composeFiles(variables);
    const files = hasOverlay && !named.includes(overlayName) ? [...named, overlayName] : named;
    const read = (name: string): string | null => (name === overlayName && overlay !== null ? overlay : readRecipeFile(input.recipeDir, name));
    return { compose: resolveCompose({ files, read, variables, stack: input.app.stack }), base: posix.dirname(files[0] ?? "") };
  });

const once = (findings: readonly Finding[]): readonly Finding[] => [...new Map(findings.map((finding) => [JSON.stringify(finding), finding])).values()];

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
  for (const compose of composes) {
    assertImages(compose);
    assertDeployable(compose, app.stack);
  }
  const { existing, hasOtherNodes, taken } = await ask(questionOf(composes, app.stack));
  const trustedFile = overlay === null ? null : overlayName;
  const findings = views.flatMap(({ compose, base }) =>
    checkPolicy(compose, { allow, stack: app.stack, domain: app.domain, existing, hasOtherNodes, taken, isConfigured, trustedFile, base, checkFile: (name) => checkRecipeFile(recipeDir, name), readFile: (name) => readRecipeFile(recipeDir, name) }),
  );
  if (findings.length > 0) throw policyDenied(app.recipe, once(findings));
  const [compose = { services: [], objects: [] }] = composes;
  return { images: imagesOf(compose), services: compose.services.map(({ name }) => name), label: versionLabel(compose, app.stack), isBackedUp: isBackedUp(compose), names: madeNames(compose) };
};
