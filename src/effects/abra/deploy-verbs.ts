import { existsSync } from "node:fs";
import { join } from "node:path";
import { fromPromise } from "xstate";
import type { DeployPorts } from "../../machines/deploy/deploy.ports.js";
import { RunError } from "../../machines/errors.js";
import type { App } from "../../machines/vocabulary.js";
import { sampleName } from "../recipe/file-names.js";
import { abraRefused } from "./abra-refused.js";
import { readRecipeFile, writeRecipeFile } from "../recipe/gate.js";
import type { Git } from "../recipe/git.js";
import { namingVersion } from "../recipe/plan/name-version.js";
import type { Abra } from "./abra.js";
import { assertIdentity, sealEnv } from "./identity.js";
import { layOut } from "./lay-out.js";
import type { AssertOwnEnv } from "./own-env.js";
import { removeFile } from "../files/remove.js";

/** The chart has the budgets. This only limits a child that the chart has lost sight of. ms */
const limitMs = 10 * 60_000;

interface DeployVerbSettings {
  readonly abra: Abra;
  readonly git: Git;
  readonly abraDir: string;
  readonly server: string;
  readonly runId: string;
  readonly assertOwnEnv: AssertOwnEnv;
}

/** Checks for folders that abra needs and that existed when the run began: if one is gone, abra's refusal is not the recipe's failure. */
const refused = (
  { abraDir, server }: DeployVerbSettings,
  { recipe }: App,
  ...[code, message, said]: Parameters<typeof abraRefused>
): RunError => {
  const gone = [join(abraDir, "servers", server), join(abraDir, "recipes", recipe)].find((folder) => !existsSync(folder));
  if (gone === undefined) return abraRefused(code, message, said);
  return new RunError("host-lacks", `${message}: ${said}`, {
    hint: `${gone} was removed in mid-run: who clears abra's folder, or the runs folder, while runs are on?`,
  });
};

/**
 * Writes the app's identity and the run's sign into the run's copy of the sample before abra makes an .env of it. So if the
 * run is killed a moment later, the .env shows whose it is. `configureApp` restores the recipe's tree.
 */
const sealSample = ({ abraDir, runId }: DeployVerbSettings, app: App): void => {
  const dir = join(abraDir, "recipes", app.recipe);
  const sample = readRecipeFile(dir, sampleName);
  // Without a sample, abra refuses with its own message.
  if (sample === null) return;
  assertIdentity(app, sample, sampleName);
  // If it is a link to another file of the recipe, the link is removed and not its target.
  removeFile(join(dir, sampleName));
  writeRecipeFile(dir, sampleName, sealEnv(app, runId, sample, sampleName));
};

/** `abra app new` with the recipe's tree at the version to deploy: --chaos keeps abra from checking out the newest release. */
export const createApp = (settings: DeployVerbSettings): DeployPorts["createApp"] =>
  fromPromise(async ({ input: { app, version }, signal }) => {
    settings.assertOwnEnv(app);
    await layOut(settings, app, version.commit, signal);
    await namingVersion(app, version, async () => sealSample(settings, app));
    const args = ["app", "new", app.recipe, "--no-input", "--offline", "--chaos", `--server=${settings.server}`, `--domain=${app.domain}`];
    const { fatal } = await settings.abra(args, { signal, limitMs });
    if (fatal !== null) throw refused(settings, app, "app-new-failed", `abra could not create ${app.domain}`, fatal);
  });

const deployFlags = ["--no-input", "--offline", "--chaos", "--no-domain-checks", "--no-converge-checks"];

/** Resolves when the deploy is accepted; whether the app comes up is for our own watch. `onSubmit` counts it beforehand. */
export const submitDeploy = (settings: DeployVerbSettings, onSubmit: () => void): DeployPorts["submitDeploy"] =>
  fromPromise(async ({ input: { app }, signal }) => {
    settings.assertOwnEnv(app);
    onSubmit();
    const { fatal } = await settings.abra(["app", "deploy", app.domain, ...deployFlags], { signal, limitMs });
    if (fatal !== null) throw refused(settings, app, "deploy-refused", `abra could not deploy ${app.domain}`, fatal);
  });

/**
 * The same over an app that runs: what the recipe's tree and the .env say now goes over what is there. No deployment of
 * its own, so it is not counted as one.
 */
export const redeploy = async (
  { abra, assertOwnEnv }: Pick<DeployVerbSettings, "abra" | "assertOwnEnv">,
  app: App,
  signal: AbortSignal,
): Promise<void> => {
  assertOwnEnv(app);
  const { fatal } = await abra(["app", "deploy", app.domain, ...deployFlags, "--force"], { signal, limitMs });
  if (fatal !== null) throw abraRefused("upgrade-refused", `abra could not upgrade ${app.domain}`, fatal);
};
