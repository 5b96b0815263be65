import { isIP } from "node:net";
import { assertLogging } from "./assert-logging.js";
import { areVariablesSet, composeRefused, type Place } from "./compose-refused.js";
import type { ComposeService } from "./compose-service.js";
import type { Tree } from "./compose-tree.js";
import { isCapability, isSignal } from "./engine-words.js";
import { entriesOf, textOf, wordsIn } from "./read-tree.js";

/** The failure of a service that the Swarm accepts although every node's engine would reject its tasks. */
const rejected = (at: Place, what: string, hint: string): Error => composeRefused(at, `${what}: no task of it would start`, hint);

/** Whether a path is absolute; a Windows drive counts too. */
const isAbsolute = (path: string): boolean => path.startsWith("/") || /[\\:]/.test(path);

/** Linux's limit. A template is not checked, because its result is not known here. */
const hostnameMax = 64;

const assertWords = ({ name, rest: { entries } }: ComposeService): void => {
  const [signal, folder] = [entries.get("stop_signal"), entries.get("working_dir")];
  if (signal !== undefined && textOf(signal) !== "" && !isSignal(textOf(signal)))
    throw rejected(signal.at, `stop_signal of the service ${name} is no signal`, "Name one such as SIGTERM or SIGQUIT.");
  if (folder !== undefined && textOf(folder) !== "" && !isAbsolute(textOf(folder)))
    throw rejected(folder.at, `working_dir of the service ${name} is no absolute path`, "Begin it with `/`.");
  const [hostname, nameless] = [entries.get("hostname"), entriesOf(entries.get("environment")).get("")];
  if (hostname !== undefined && Buffer.byteLength(textOf(hostname)) > hostnameMax && !textOf(hostname).includes("{{"))
    throw rejected(
      hostname.at,
      `hostname of the service ${name} is longer than ${hostnameMax} bytes`,
      "Give it a shorter one, or leave it out.",
    );
  if (nameless !== undefined)
    throw rejected(nameless.at, `environment of the service ${name} has a variable without a name`, areVariablesSet);
  for (const key of ["cap_add", "cap_drop"]) {
    const unknown = wordsIn(entries.get(key), key).find((tree) => !isCapability(textOf(tree)));
    if (unknown !== undefined)
      throw rejected(
        unknown.at,
        `${key} of the service ${name} has ${JSON.stringify(textOf(unknown).slice(0, 40))}, which is no capability`,
        "Name one such as NET_ADMIN, or ALL.",
      );
  }
};

/** The address after the name; null if the client ignores the line. Older clients do not know `=` here. */
const addressOf = (text: string): string | null => {
  const at = [text.indexOf("="), text.indexOf(":")].find((index) => index !== -1);
  return at === undefined ? null : text.slice(at + 1);
};

const isAddress = (text: string): boolean => text === "" || text === "host-gateway" || isIP(text.replace(/^\[(.*)\]$/, "$1")) !== 0;

const assertHosts = ({ name, rest }: ComposeService): void => {
  const tree = rest.entries.get("extra_hosts");
  const lines: readonly (readonly [Tree, string | null])[] =
    tree?.kind === "map"
      ? [...tree.entries.values()].map((one) => [one, textOf(one)])
      : wordsIn(tree, "extra_hosts").map((one) => [one, addressOf(textOf(one))]);
  const wrong = lines.find(([, address]) => address !== null && !isAddress(address.trim()));
  if (wrong !== undefined)
    throw rejected(
      wrong[0].at,
      `extra_hosts of the service ${name} has an address that is none`,
      "Write NAME:ADDRESS, the address in digits, or host-gateway.",
    );
};

/** The limits that runc knows, in capitals. */
const limits: ReadonlySet<string> = new Set(
  "AS CORE CPU DATA FSIZE LOCKS MEMLOCK MSGQUEUE NICE NOFILE NPROC RSS RTPRIO RTTIME SIGPENDING STACK".split(" "),
);

/** A limit as a number; a negative one means no limit, because the engine's numbers have no sign. */
const height = (tree: Tree | undefined): number => (Number(textOf(tree)) < 0 ? Infinity : Number(textOf(tree)));

const assertLimits = ({ name, rest }: ComposeService): void => {
  for (const [key, tree] of entriesOf(rest.entries.get("ulimits"))) {
    if (!limits.has(key.toUpperCase()))
      throw rejected(
        tree.at,
        `ulimits of the service ${name} has ${JSON.stringify(key.slice(0, 40))}, which is no limit`,
        "Name one such as nofile or memlock.",
      );
    if (tree.kind === "map" && height(tree.entries.get("soft")) > height(tree.entries.get("hard")))
      throw rejected(
        tree.at,
        `the limit ${key} of the service ${name} has a soft value above its hard one`,
        "The hard one is the most: raise it.",
      );
  }
};

/**
 * Checks the health check. If the list does not begin with a word that docker knows, the check never runs and the task
 * waits for it. `CMD` alone crashes dockerd itself, both 20.10 and 29, on each node that gets the task.
 */
const assertHealth = ({ name, rest }: ComposeService): void => {
  const test = entriesOf(rest.entries.get("healthcheck")).get("test");
  if (test?.kind !== "list" || test.items.length === 0) return;
  const [word, command] = test.items.map(textOf);
  if (word === "NONE") return;
  if (word !== "CMD" && word !== "CMD-SHELL")
    throw composeRefused(
      test.at,
      `the health check of the service ${name} is a list that begins with neither CMD, CMD-SHELL nor NONE: docker would never run it, nor count a task of it as started`,
      'Write ["CMD", "curl", …], or the command as one text.',
    );
  if (command === undefined)
    throw composeRefused(
      test.at,
      `the health check of the service ${name} names no command: docker's own daemon may crash of it`,
      'Write the command behind it: ["CMD", "curl", …].',
    );
};

/** Throws `compose-refused`, by file and line, for a service that the Swarm accepts but no node's engine can start. */
export const assertStartable = (service: ComposeService): void => {
  assertWords(service);
  assertHosts(service);
  assertLimits(service);
  assertHealth(service);
  assertLogging(service);
};
