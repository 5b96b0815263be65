import { rmSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { findApp, isDeployed, type App } from "./app.js";
import { fatal } from "./fatal.js";
import type { Session } from "./session.js";

/** Like the real one, returns long before everything is gone. */
export const undeploy = async (session: Session, [domain = ""]: readonly string[]): Promise<void> => {
  const app = findApp(session, domain);
  if (!(await isDeployed(session, app))) fatal(`${domain} is not deployed?`);
  await session.mustDocker(["stack", "rm", app.stack]);
  session.say("INFO", `undeployed ${domain}`);
};

/** A volume is in use as long as a container lives, so removing it is tried a few times, with growing pauses. */
const removeVolumesOf = async (session: Session, app: App): Promise<void> => {
  for (let attempt = 1; ; attempt += 1) {
    const names = await session.listed("volume", app.stack);
    if (names.length === 0) return;
    const { code, stderr } = await session.docker(["volume", "rm", ...names]);
    if (code === 0) continue;
    if (attempt === 5) fatal(stderr.trim().split("\n").at(-1) ?? "volumes cannot be removed");
    await pause(100 * attempt ** 2);
  }
};

const assertUndeployed = async (session: Session, app: App): Promise<void> => {
  if (await isDeployed(session, app)) fatal(`${app.domain} is still deployed. Run "abra app undeploy ${app.domain}"`);
};

export const removeVolumes = async (session: Session, [domain = ""]: readonly string[]): Promise<void> => {
  const app = findApp(session, domain);
  await assertUndeployed(session, app);
  if ((await session.listed("volume", app.stack)).length === 0) session.say("WARN", "no volumes to remove");
  await removeVolumesOf(session, app);
};

export const removeApp = async (session: Session, [domain = ""]: readonly string[]): Promise<void> => {
  const app = findApp(session, domain);
  await assertUndeployed(session, app);
  for (const kind of ["config", "secret"]) {
    const names = await session.listed(kind, app.stack);
    if (names.length > 0) await session.mustDocker([kind, "rm", ...names]);
  }
  await removeVolumesOf(session, app);
  rmSync(app.file);
  session.say("INFO", `removed ${domain}`);
};
