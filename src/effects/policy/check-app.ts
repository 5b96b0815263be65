import { posix } from "node:path";
import type { Allow } from "../../machines/allow.js";
import type { App } from "../../machines/vocabulary.js";
import { exportsIn } from "../abra/abra-sh.js";
import { assertImages } from "../compose/assert-images.js";
import type { ObjectKind } from "../compose/compose-objects.js";
import { composeFiles, overlayFor, overlayName } from "../compose/overlay.js";
import { resolveCompose, type Compose } from "../compose/resolve-compose.js";
import type { Engine } from "../docker/engine.js";
import type { Service } from "../docker/engine-schema.js";
import { listObjects } from "../docker/list-objects.js";
import { checkRecipeFile, readRecipeFile } from "../recipe/gate.js";
import { checkPolicy } from "./check-policy.js";
import { policyDenied, type Finding } from "./finding.js";
import { hasSharedNames, takenNames } from "./taken-routes.js";

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

/**
 * What abra may make of the two: in some versions abra.sh goes over the .env, in others under it. Where they disagree,
 * what either comes to must be allowed. The first is the one that is pulled for.
 */
const variablesOf = ({ recipeDir, settings, app }: AppToCheck): readonly Readonly<Record<string, string>>[] => {
  const exported = exportsIn(readRecipeFile(recipeDir, "abra.sh") ?? "");
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

const kindOnSwarm = { networks: "network", volumes: "volume", secrets: "secret", configs: "config" } as const satisfies Record<ObjectKind, string>;

/** The names that there are, of the kinds for which the compose files ask by a name of their own. */
const existingFor = async (composes: readonly Compose[], stack: string, engine: Engine, signal: AbortSignal): Promise<Readonly<Record<ObjectKind, ReadonlySet<string>>>> => {
  const asked = new Set(composes.flatMap(({ objects }) => objects.filter(({ name, external }) => external || !name.startsWith(`${stack}_`)).map(({ kind }) => kindOnSwarm[kind])));
  const objects = asked.size === 0 ? [] : await listObjects(engine, signal);
  const names = (kind: ObjectKind): ReadonlySet<string> => new Set(objects.filter((object) => object.kind === kindOnSwarm[kind]).map(({ name }) => name));
  return { networks: names("networks"), volumes: names("volumes"), secrets: names("secrets"), configs: names("configs") };
};

/** Asked only where a name for the proxy could be another's as well; recipes put their stack's name into theirs. */
const takenFor = async (composes: readonly Compose[], stack: string, engine: Engine, signal: AbortSignal): Promise<ReadonlyMap<string, readonly string[]>> => {
  if (!composes.some(({ services }) => services.some((service) => hasSharedNames(service, stack)))) return new Map();
  return takenNames(await engine.json<readonly Service[]>("GET", "/services", { signal }), stack);
};

const once = (findings: readonly Finding[]): readonly Finding[] => [...new Map(findings.map((finding) => [JSON.stringify(finding), finding])).values()];

/**
 * The compose files of an app as they resolve, once they are known to ask for nothing that the app may not have.
 *
 * Asks the engine, and only for names; changes nothing. Throws `compose-refused`, `recipe-file-refused` or
 * `policy-denied`, all of exit code 1.
 */
export const checkApp = async (input: AppToCheck, engine: Engine, signal: AbortSignal): Promise<Compose> => {
  const { recipeDir, operatorDir, settings, allow, isConfigured, app } = input;
  const first = composeFiles(settings)[0] ?? "";
  const overlay = overlayFor(operatorDir, (first === overlayName ? null : readRecipeFile(recipeDir, first)) ?? "");
  const views = resolveAll(input, overlay !== null, overlay);
  for (const { compose } of views) assertImages(compose);
  const existing = await existingFor(views.map(({ compose }) => compose), app.stack, engine, signal);
  const taken = await takenFor(views.map(({ compose }) => compose), app.stack, engine, signal);
  const trustedFile = overlay === null ? null : overlayName;
  const findings = views.flatMap(({ compose, base }) =>
    checkPolicy(compose, { allow, stack: app.stack, domain: app.domain, existing, taken, isConfigured, trustedFile, base, checkFile: (name) => checkRecipeFile(recipeDir, name) }),
  );
  if (findings.length > 0) throw policyDenied(app.recipe, once(findings));
  const [resolved] = views;
  return resolved?.compose ?? { services: [], objects: [] };
};

