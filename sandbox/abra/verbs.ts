import { Hanging, type Caller } from "../shared/caller.js";
import type { CommandLine } from "../shared/words.js";
import { createBackup, listBackup, listSnapshots, restoreBackup } from "./backup.js";
import { deploy } from "./deploy.js";
import { Fatal, fatal } from "./fatal.js";
import { lint } from "./lint.js";
import { listApps, listServers, listTasks, listVolumes } from "./listings.js";
import { newApp } from "./new-app.js";
import { generateSecrets, insertSecret, listSecrets, removeSecrets } from "./secrets.js";
import { Session, type Tools } from "./session.js";
import { removeApp, removeVolumes, undeploy } from "./teardown.js";

/** Short flags without a value: no input, no converge checks, offline, debug, force. */
export const bareFlags = new Set(["-n", "-c", "-o", "-d", "-f", "-t"]);

/** The long flags of all abra's verbs together; which verb has which is not checked here. */
const flags = new Set([
  ...["--all", "--chaos", "--debug", "--domain", "--file", "--force", "--hooks", "--machine", "--no-converge-checks", "--no-domain-checks"],
  ...["--no-input", "--offline", "--pass", "--secrets", "--server", "--snapshot", "--version"],
]);

const verbs: Readonly<Record<string, (session: Session, operands: readonly string[]) => void | Promise<void>>> = {
  "app new": newApp,
  "app ls": listApps,
  "app list": listApps,
  "app ps": listTasks,
  "app deploy": deploy,
  "app undeploy": undeploy,
  "app secret generate": generateSecrets,
  "app secret insert": insertSecret,
  "app secret list": listSecrets,
  "app secret remove": removeSecrets,
  "app backup create": createBackup,
  "app backup list": listBackup,
  "app backup snapshots": listSnapshots,
  "app restore": restoreBackup,
  "app volume list": listVolumes,
  "app volume remove": removeVolumes,
  "app remove": removeApp,
  "app rm": removeApp,
  "server ls": listServers,
  "recipe lint": lint,
};

const invoke = async (session: Session): Promise<void> => {
  const { words } = session.line;
  for (const length of [3, 2]) {
    const verb = verbs[words.slice(0, length).join(" ")];
    if (verb !== undefined) return verb(session, words.slice(length));
  }
  fatal(`unknown command "${words.join(" ")}" for "abra"`);
};

/** One call of abra: what it prints goes to the caller, and its exit code is returned. */
export const runAbra = async (caller: Caller, line: CommandLine, tools: Tools): Promise<number> => {
  const session = new Session(caller, line, tools);
  if (session.has("--version")) {
    caller.out("abra version 0.13.0-beta-standin\n");
    return 0;
  }
  const unknown = line.names.find((name) => name.startsWith("--") && !flags.has(name));
  if (unknown !== undefined) {
    caller.err(`Error: unknown flag: ${unknown}\n`);
    return 1;
  }
  try {
    await invoke(session);
    return 0;
  } catch (error) {
    if (error instanceof Hanging) throw error;
    session.say("FATA", error instanceof Fatal ? error.message : String(error instanceof Error ? error.stack : error));
    return 1;
  }
};
