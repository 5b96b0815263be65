/** The verbs of abra that recipe-ci uses, over whatever docker it is given. See docs/abra.md for what of it is evidenced. */
import { suffer } from "./suffer.js";
import { parseWords, type CommandLine } from "../shared/words.js";
import { deploy } from "./deploy.js";
import { Fatal, fatal, last } from "./fatal.js";
import { lint, listApps, listServers, listTasks, listVolumes } from "./listings.js";
import { newApp } from "./new-app.js";
import { generateSecrets, insertSecret, listSecrets, removeSecrets } from "./secrets.js";
import { removeApp, removeVolumes, undeploy } from "./teardown.js";

/** Here -n and -c stand alone: no input, no converge checks. */
const bare = new Set(["-n", "-c", "-o", "-d", "-f", "-t", "-s"]);

const verbs: Readonly<Record<string, (operands: readonly string[], line: CommandLine) => void | Promise<void>>> = {
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
  "app volume list": listVolumes,
  "app volume remove": removeVolumes,
  "app remove": removeApp,
  "app rm": removeApp,
  "server ls": listServers,
  "recipe lint": lint,
};

const run = async (argv: readonly string[]): Promise<void> => {
  const line = parseWords(argv, bare);
  if (line.flag("--version").length > 0) {
    process.stdout.write("abra version 0.13.0-beta-standin\n");
    return;
  }
  const root = process.env["RECIPE_CI_SANDBOX"] ?? "";
  const after = root === "" ? async (): Promise<void> => undefined : await suffer(root, ["abra", ...line.words], last);
  for (const length of [3, 2]) {
    const verb = verbs[line.words.slice(0, length).join(" ")];
    if (verb === undefined) continue;
    await verb(line.words.slice(length), line);
    return after();
  }
  fatal(`unknown command "${line.words.join(" ")}" for "abra"`);
};

run(process.argv.slice(2)).catch((error: unknown) => {
  if (error instanceof Fatal) last(error.message);
  else last(String(error instanceof Error ? error.stack : error));
  process.exit(1);
});
