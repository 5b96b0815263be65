import { findApp, isDeployed, type App } from "./app.js";
import { fatal } from "./fatal.js";
import type { Answer, Session } from "./session.js";

/** The label of the backup service. */
const label = "coop-cloud.backupbot.enabled=true";

const program = "/usr/bin/backup";

/** The backup service's container; null if there is no such service. */
const findContainer = async (session: Session): Promise<string | null> => {
  const [service] = await session.rows("service", "ls", "--filter", `label=${label}`);
  if (service === undefined) return null;
  const [container] = await session.rows(
    "container",
    "ls",
    "--no-trunc",
    "--filter",
    `label=com.docker.swarm.service.name=${service["Name"] ?? ""}`,
  );
  return container?.["ID"] ?? fatal("no containers matching the backup service found?");
};

type Variables = Readonly<Record<string, string>>;

/** Runs the program in the service's container. Its environment says what to do for which app. */
const ask = async (session: Session, verb: string, env: Variables): Promise<Answer> => {
  const container = await findContainer(session);
  if (container === null)
    return session.backupService === null ? fatal("no backupbot discovered, is it deployed?") : session.backupService(["--", verb], env);
  return session.docker([
    "container",
    "exec",
    ...Object.entries(env).flatMap(([name, value]) => ["-e", `${name}=${value}`]),
    container,
    program,
    "--",
    verb,
  ]);
};

const run = async (session: Session, app: App, verb: string, more: Variables = {}): Promise<void> => {
  if (!(await isDeployed(session, app))) fatal(`${app.domain} is not deployed?`);
  const [snapshot] = session.line.flag("--snapshot", "-s");
  const { code, stdout, stderr } = await ask(session, verb, {
    SERVICE: app.domain,
    ...(snapshot === undefined ? {} : { SNAPSHOT: snapshot }),
    ...more,
  });
  session.caller.out(stdout);
  if (code !== 0) fatal(stderr.trim().split("\n").at(-1) || `the backup service ended with ${code}`);
};

export const createBackup = (session: Session, [domain = ""]: readonly string[]): Promise<void> =>
  run(session, findApp(session, domain), "create");

/** What is in a snapshot. */
export const listBackup = (session: Session, [domain = ""]: readonly string[]): Promise<void> =>
  run(session, findApp(session, domain), "list");

export const listSnapshots = (session: Session, [domain = ""]: readonly string[]): Promise<void> =>
  run(session, findApp(session, domain), "snapshots");

/** Hooks are run only if requested. */
export const restoreBackup = (session: Session, [domain = ""]: readonly string[]): Promise<void> =>
  run(session, findApp(session, domain), "restore", { NONINTERACTIVE: "true", ...(session.has("--hooks", "-H") ? { HOOKS: "true" } : {}) });
