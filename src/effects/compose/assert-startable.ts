import { isIP } from "node:net";
import { assertLogging } from "./assert-logging.js";
import { areVariablesSet, composeRefused, type Place } from "./compose-refused.js";
import type { ComposeService } from "./compose-service.js";
import type { Tree } from "./compose-tree.js";
import { isCapability, isSignal } from "./engine-words.js";
import { entriesOf, textOf, wordsIn } from "./read-tree.js";

/** The Swarm takes such a service; each node's engine rejects its tasks, one after the other. */
const rejected = (at: Place, what: string, hint: string): Error => composeRefused(at, `${what}: no task of it would start`, hint);

/** A drive of Windows is one as well. */
const isAbsolute = (path: string): boolean => path.startsWith("/") || /[\\:]/.test(path);

/** Linux takes no longer one. What the Swarm fills into a template is not known here. */
const hostnameMax = 64;

const assertWords = ({ name, rest: { entries } }: ComposeService): void => {
  const [signal, folder] = [entries.get("stop_signal"), entries.get("working_dir")];
  if (signal !== undefined && textOf(signal) !== "" && !isSignal(textOf(signal))) throw rejected(signal.at, `stop_signal of the service ${name} is no signal`, "Name one such as SIGTERM or SIGQUIT.");
  if (folder !== undefined && textOf(folder) !== "" && !isAbsolute(textOf(folder))) throw rejected(folder.at, `working_dir of the service ${name} is no absolute path`, "Begin it with `/`.");
  const [hostname, nameless] = [entries.get("hostname"), entriesOf(entries.get("environment")).get("")];
  if (hostname !== undefined && Buffer.byteLength(textOf(hostname)) > hostnameMax && !textOf(hostname).includes("{{")) throw rejected(hostname.at, `hostname of the service ${name} is longer than ${hostnameMax} bytes`, "Give it a shorter one, or leave it out.");
  if (nameless !== undefined) throw rejected(nameless.at, `environment of the service ${name} has a variable without a name`, areVariablesSet);
  for (const key of ["cap_add", "cap_drop"]) {
    const unknown = wordsIn(entries.get(key), key).find((tree) => !isCapability(textOf(tree)));
    if (unknown !== undefined) throw rejected(unknown.at, `${key} of the service ${name} has ${JSON.stringify(textOf(unknown).slice(0, 40))}, which is no capability`, "Name one such as NET_ADMIN, or ALL.");
  }
};

/** What stands behind the name; null where the client passes the line over. Older clients know no `=` here. */
const addressOf = (text: string): string | null => {
  const at = [text.indexOf("="), text.indexOf(":")].find((index) => index !== -1);
  return at === undefined ? null : text.slice(at + 1);
};

const isAddress = (text: string): boolean => text === "" || text === "host-gateway" || isIP(text.replace(/^\[(.*)\]$/, "$1")) !== 0;

const assertHosts = ({ name, rest }: ComposeService): void => {
  const tree = rest.entries.get("extra_hosts");
  const lines: readonly (readonly [Tree, string | null])[] = tree?.kind === "map" ? [...tree.entries.values()].map((one) => [one, textOf(one)]) : wordsIn(tree, "extra_hosts").map((one) => [one, addressOf(textOf(one))]);
  const wrong = lines.find(([, address]) => address !== null && !isAddress(address.trim()));
  if (wrong !== undefined) throw rejected(wrong[0].at, `extra_hosts of the service ${name} has an address that is none`, "Write NAME:ADDRESS, the address in digits, or host-gateway.");
};

/** Of runc: what it knows, in capitals. */
const limits: ReadonlySet<string> = new Set("AS CORE CPU DATA FSIZE LOCKS MEMLOCK MSGQUEUE NICE NOFILE NPROC RSS RTPRIO RTTIME SIGPENDING STACK".split(" "));

/** -1 is without a limit, as the engine's numbers have no sign. */
const height = (tree: Tree | undefined): number => (Number(textOf(tree)) < 0 ? Infinity : Number(textOf(tree)));

const assertLimits = ({ name, rest }: ComposeService): void => {
  for (const [key, tree] of entriesOf(rest.entries.get("ulimits"))) {
    if (!limits.has(key.toUpperCase())) throw rejected(tree.at, `ulimits of the service ${name} has ${JSON.stringify(key.slice(0, 40))}, which is no limit`, "Name one such as nofile or memlock.");
    if (tree.kind === "map" && height(tree.entries.get("soft")) > height(tree.entries.get("hard"))) throw rejected(tree.at, `the limit ${key} of the service ${name} has a soft value above its hard one`, "The hard one is the most: raise it.");
  }
};

/**
 * A list that begins with no word of docker's is a check that never runs, and its task waits for it; `CMD` alone ends
 * dockerd itself, of 20.10 as of 29, on each node that gets the task.
 */
const assertHealth = ({ name, rest }: ComposeService): void => {
  const test = entriesOf(rest.entries.get("healthcheck")).get("test");
  if (test?.kind !== "list" || test.items.length === 0) return;
  const [word, command] = test.items.map(textOf);
  if (word === "NONE") return;
  if (word !== "CMD" && word !== "CMD-SHELL") throw composeRefused(test.at, `the health check of the service ${name} is a list that begins with neither CMD, CMD-SHELL nor NONE: docker would never run it, nor count a task of it as started`, 'Write ["CMD", "curl", …], or the command as one text.');
  if (command === undefined) throw composeRefused(test.at, `the health check of the service ${name} names no command: docker's own daemon may crash of it`, 'Write the command behind it: ["CMD", "curl", …].');
};

/** Throws `compose-refused`, by file and line, for what the Swarm takes of a service and no node's engine can start. */
export const assertStartable = (service: ComposeService): void => {
  assertWords(service);
  assertHosts(service);
  assertLimits(service);
  assertHealth(service);
  assertLogging(service);
};
