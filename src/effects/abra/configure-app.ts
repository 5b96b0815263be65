import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fromPromise } from "xstate";
import type { DeployPorts } from "../../machines/deploy/deploy.ports.js";
import { RunError } from "../../machines/errors.js";
import type { App, RecipeSettings } from "../../machines/vocabulary.js";
import { composeFiles, overlayFor, overlayName, withOverlay } from "../compose/overlay.js";
import type { Engine } from "../docker/engine.js";
import { assertMade } from "../policy/awaited-objects.js";
import { checkApp } from "../policy/check-app.js";
import type { JudgeLimits } from "../policy/judge-apart.js";
import { notePlainNetworks } from "../docker/without-addresses.js";
import type { CheckedApp } from "../policy/judge-app.js";
import { readRecipeFile, writeRecipeFile } from "../recipe/gate.js";
import type { Git } from "../recipe/git.js";
import { replaceFile } from "../record/atomic-file.js";
import { generatedIn, learnGenerated, secretsAskedFor } from "../secrets/learn-generated.js";
import type { Abra } from "./abra.js";
import { settingsIn } from "./env-file.js";
import { sealEnv } from "./identity.js";
import { layOut, recipeDirOf } from "./lay-out.js";
import { assertSecretSizes } from "./secret-sizes.js";
import { withRecipeEnv } from "./set-in-env.js";
import { namingVersion } from "../recipe/plan/name-version.js";
import { hasInstallSteps, runInstallSteps } from "../tier/own/hooks.js";
import type { OwnCode } from "../tier/own/run-program.js";
import { readEnvFile, type AssertOwnEnv } from "./own-env.js";

export interface ConfigureSettings {
  readonly abra: Abra;
  readonly engine: Engine;
  readonly git: Git;
  readonly abraDir: string;
  readonly server: string;
  readonly runId: string;
  readonly assertOwnEnv: AssertOwnEnv;
  /** The run's own copy of the operator's folder for an app's recipe. */
  readonly operatorDirOf: (app: Pick<App, "recipe">) => string;
  /** The recipe's own programs, some of which run before the deploy. */
  readonly code: OwnCode;
  /** Called with the secrets that abra generated, as far as it printed them with their names. */
  readonly onSecrets: (app: App, secrets: Readonly<Record<string, string>>) => void;
  /** Called before the deploy is submitted with the names on the Swarm of what it will create. */
  readonly onNamed: (app: App, names: Readonly<Record<"network" | "volume" | "secret" | "config", readonly string[]>>) => void;
  /** The thread for large compose files, if it is not the bundle's. */
  readonly judge?: JudgeLimits;
}

const limitMs = 5 * 60_000;

/** Copies the operator's overlay into the run's own tree, never through a link, and puts it at the end of COMPOSE_FILE. */
const layOverlay = (operatorDir: string, recipeDir: string, env: string, file: string): string => {
  const first = composeFiles(settingsIn(env, file))[0] ?? "";
  const overlay = overlayFor(operatorDir, readRecipeFile(recipeDir, first) ?? "");
  if (overlay === null) return env;
  writeRecipeFile(recipeDir, overlayName, overlay);
  return withOverlay(env, file);
};

/** The app's .env as it is now, in the place where `app new` should have put it. Throws `no-env-file`. */
export const appEnv = ({ abraDir, server }: ConfigureSettings, { domain }: App): { file: string; text: string } => {
  const file = join(abraDir, "servers", server, `${domain}.env`);
  const text = readEnvFile(file);
  if (text !== null) return { file, text };
  throw new RunError("no-env-file", `abra created ${domain}, but there is no ${file}`, {
    hint: `Is CCCI_SERVER right? abra knows: ${readdirSync(join(abraDir, "servers")).join(", ")}`,
  });
};

/** `named`: the secrets as the compose files call them. abra goes by those, not by the names of the variables in the .env. */
const generateSecrets = async (settings: ConfigureSettings, app: App, named: readonly string[], signal: AbortSignal): Promise<void> => {
  const { domain } = app;
  const { file, text } = appEnv(settings, app);
  const args = ["app", "secret", "generate", domain, "--all", "--no-input", "--offline", "--chaos"];
  const { fatal, stdout } = await settings.abra(args, { signal, limitMs, secret: true });
  const asked = [...secretsAskedFor(settingsIn(text, file)), ...named.map((name) => name.toLowerCase())];
  learnGenerated(stdout.replaceAll(domain, ""), asked);
  settings.onSecrets(app, generatedIn(stdout, asked));
  if (fatal !== null && !/no secrets/i.test(fatal)) {
    throw new RunError("secrets-failed", `abra could not generate the secrets of ${domain}`, {
      hint: "Its output may hold secrets and is not kept. For it abra reads the compose files with the .env alone, without abra.sh: is a variable that they require in .env.sample? By hand: abra app secret generate.",
    });
  }
};

interface ConfigOf {
  readonly app: App;
  readonly settings: RecipeSettings;
  readonly env: string;
  /** Whether everything that makes secrets has run: a secret that is missing now will be missing in the deploy. */
  readonly isConfigured: boolean;
}

/**
 * Writes the app's .env, with the overlay and our identity in it, asks the policy about what abra will read, and only then has abra
 * read it, to generate the missing secrets. Running it twice gives the same result as running it once. Resolves with what the
 * compose files come to.
 */
export const writeConfig = async (
  settings: ConfigureSettings,
  { app, settings: recipe, env: wanted, isConfigured }: ConfigOf,
  signal: AbortSignal,
): Promise<CheckedApp> => {
  const recipeDir = recipeDirOf(settings.abraDir, app);
  const operatorDir = settings.operatorDirOf(app);
  const { file } = appEnv(settings, app);
  const env = sealEnv(app, settings.runId, layOverlay(operatorDir, recipeDir, wanted, file), file);
  replaceFile(file, env);
  settings.assertOwnEnv(app);
  assertSecretSizes(env, file);
  const check = { app, recipeDir, operatorDir, settings: settingsIn(env, file), allow: recipe.allow, deployMs: recipe.timeouts.deployMs };
  const checked = await checkApp(check, settings.engine, signal, settings.judge);
  settings.onNamed(app, checked.names);
  notePlainNetworks(settings.engine, checked.plainNetworks);
  await generateSecrets(settings, app, checked.secrets, signal);
  if (isConfigured) await assertMade(settings.engine, app.recipe, checked.awaited, signal);
  return checked;
};

const configured = async (
  settings: ConfigureSettings,
  app: App,
  recipe: RecipeSettings,
  signal: AbortSignal,
): Promise<Pick<CheckedApp, "images">> => {
  const { file, text } = appEnv(settings, app);
  // install_steps.sh inserts the secrets that abra does not generate, such as one of an identity provider's client.
  const hasSteps = hasInstallSteps(settings.code, app);
  const checked = await writeConfig(
    settings,
    { app, settings: recipe, env: withRecipeEnv(text, file, recipe, app.domain), isConfigured: !hasSteps },
    signal,
  );
  if (!hasSteps) return { images: checked.images };
  await runInstallSteps(settings.code, { app, settings: recipe, envFile: file }, signal);
  // install_steps.sh may have changed the .env and the recipe's tree, so what abra will read is checked as it is now.
  const { images } = await writeConfig(settings, { app, settings: recipe, env: appEnv(settings, app).text, isConfigured: true }, signal);
  return { images };
};

/** Lays out the recipe at the version to deploy and configures the app for it; runs the recipe's install_steps.sh too. */
export const configureApp = (settings: ConfigureSettings): DeployPorts["configureApp"] =>
  fromPromise(async ({ input: { app, settings: recipe, version }, signal }) => {
    await layOut(settings, app, version.commit, signal);
    return namingVersion(app, version, () => configured(settings, app, recipe, signal));
  });
