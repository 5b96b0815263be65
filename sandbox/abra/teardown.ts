import { rmSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { findApp, isDeployed, type App } from "./app.js";
import { fatal, info, warn } from "./fatal.js";
import { docker, listed, mustDocker } from "./tools.js";

/** Returns long before everything is gone, as the real one does. */
export const undeploy = ([domain = ""]: readonly string[]): void => {
  const app = findApp(domain);
  if (!isDeployed(app)) fatal(`${domain} is not deployed?`);
  mustDocker(["stack", "rm", app.stack]);
  info(`undeployed ${domain}`);
};

/** In use for as long as a container lives: tried again a few times, with longer and longer pauses. */
const removeVolumesOf = async (app: App): Promise<void> => {
  for (let attempt = 1; ; attempt += 1) {
    const names = listed("volume", app.stack);
    if (names.length === 0) return;
    const { code, stderr } = docker(["volume", "rm", ...names]);
    if (code === 0) continue;
    if (attempt === 5) fatal(stderr.trim().split("\n").at(-1) ?? "volumes cannot be removed");
    await pause(100 * attempt ** 2);
  }
};

export const removeVolumes = async ([domain = ""]: readonly string[]): Promise<void> => {
  const app = findApp(domain);
  if (isDeployed(app)) fatal(`${domain} is still deployed. Run "abra app undeploy ${domain}"`);
  if (listed("volume", app.stack).length === 0) warn("no volumes to remove");
  await removeVolumesOf(app);
};

export const removeApp = async ([domain = ""]: readonly string[]): Promise<void> => {
  const app = findApp(domain);
  if (isDeployed(app)) fatal(`${domain} is still deployed. Run "abra app undeploy ${domain}"`);
  for (const kind of ["config", "secret"]) {
    const names = listed(kind, app.stack);
    if (names.length > 0) mustDocker([kind, "rm", ...names]);
  }
  await removeVolumesOf(app);
  rmSync(app.file);
  info(`removed ${domain}`);
};
