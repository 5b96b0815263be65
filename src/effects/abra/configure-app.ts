import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fromPromise } from "xstate";
import type { DeployPorts } from "../../machines/deploy/deploy.ports.js";
import { RunError } from "../../machines/errors.js";
import type { App } from "../../machines/vocabulary.js";
import type { Git } from "../recipe/git.js";
import { replaceFile } from "../record/atomic-file.js";
import { learnGenerated, secretsAskedFor } from "../secrets/learn-generated.js";
import type { Abra } from "./abra.js";
import { composeImages } from "./compose-images.js";
import { settingsIn } from "./env-file.js";
import { sealEnv } from "./identity.js";
import { readEnvFile, type AssertOwnEnv } from "./own-env.js";

export interface ConfigureSettings {
  readonly abra: Abra;
  readonly git: Git;
  readonly abraDir: string;
  readonly server: string;
  readonly runId: string;
  readonly assertOwnEnv: AssertOwnEnv;
  /** The run's own copy of the operator's folder for the recipe. */
  readonly operatorDir: string;
  readonly note: (line: string) => void;
}

const overlayName = "compose.ccci.yml";
const limitMs = 5 * 60_000;

/** abra moves the checkout when it creates an app; a chaos deploy then deploys whatever is there. */
const putRecipeBack = async (git: Git, dir: string, commit: string, signal: AbortSignal): Promise<void> => {
  await git(["-C", dir, "checkout", "--force", "--detach", commit], signal);
  await git(["-C", dir, "clean", "-fd"], signal);
};

/** The operator's overlay goes into the run's own tree, and at the end of COMPOSE_FILE. */
const layOverlay = ({ operatorDir }: ConfigureSettings, recipeDir: string, env: string, file: string): string => {
  const overlay = join(operatorDir, overlayName);
  if (!existsSync(overlay)) return env;
  writeFileSync(join(recipeDir, overlayName), readFileSync(overlay));
  const files = settingsIn(env, file)["COMPOSE_FILE"] || "compose.yml";
  // A line of its own at the end: recipes build COMPOSE_FILE up in several, and the last one counts.
  return `${env.endsWith("\n") ? env : `${env}\n`}COMPOSE_FILE="${files}:${overlayName}"\n`;
};

const generateSecrets = async (settings: ConfigureSettings, app: App, signal: AbortSignal): Promise<void> => {
  const { domain } = app;
  const { file, text } = envOf(settings, app);
  const args = ["app", "secret", "generate", domain, "--all", "--no-input", "--offline", "--chaos"];
  const { fatal, stdout } = await settings.abra(args, { signal, limitMs, secret: true });
  learnGenerated(stdout.replaceAll(domain, ""), secretsAskedFor(settingsIn(text, file)));
  if (fatal !== null && !/no secrets/i.test(fatal)) {
    throw new RunError("secrets-failed", `abra could not generate the secrets of ${domain}`, {
      hint: "Its output may hold secrets and is not kept. Try abra app secret generate by hand.",
      exitCode: 1,
    });
  }
};

/** The app's .env, where `app new` was told to put it. */
const envOf = ({ abraDir, server }: ConfigureSettings, { domain }: App): { file: string; text: string } => {
  const file = join(abraDir, "servers", server, `${domain}.env`);
  const text = readEnvFile(file);
  if (text !== null) return { file, text };
  throw new RunError("no-env-file", `abra created ${domain}, but there is no ${file}`, {
    hint: `Is CCCI_SERVER right? abra knows: ${readdirSync(join(abraDir, "servers")).join(", ")}`,
    exitCode: 1,
  });
};

/** The recipe back at its ref, the overlay, the .env, the secrets. Run twice it ends the same way. */
export const configureApp = (settings: ConfigureSettings): DeployPorts["configureApp"] =>
  fromPromise(async ({ input: { app }, signal }) => {
    const recipeDir = join(settings.abraDir, "recipes", app.recipe);
    await putRecipeBack(settings.git, recipeDir, app.commit, signal);
    const { file, text } = envOf(settings, app);
    const env = sealEnv(app, settings.runId, layOverlay(settings, recipeDir, text, file), file);
    replaceFile(file, env);
    settings.assertOwnEnv(app);
    await generateSecrets(settings, app, signal);
    return { images: await composeImages({ ...settings, recipeDir, app, env: settingsIn(env, file), signal }) };
  });
