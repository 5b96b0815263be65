import { nearest } from "../did-you-mean.js";
import { composeRefused } from "./compose-refused.js";
import type { ComposeService } from "./compose-service.js";
import { sizeBytes } from "./forms.js";
import { entriesOf, textOf } from "./read-tree.js";

const everyDrivers = ["mode", "max-buffer-size"];
const ofMessages = ["env", "env-regex", "labels", "labels-regex", "tag"];
const ofFiles = ["compress", "max-file", "max-size"];

/** The drivers that every engine has and that keep logs on the node (moby, daemon/logger). Without a driver, the node decides. */
const optionsOf: Readonly<Record<string, readonly string[]>> = {
  "json-file": [...everyDrivers, ...ofMessages, ...ofFiles],
  local: [...everyDrivers, ...ofMessages, ...ofFiles],
  journald: [...everyDrivers, ...ofMessages],
};

const isYes = (text: string): boolean => /^(?:1|t|true)$/i.test(text);

/** Whether Go's ParseBool accepts a text. */
const isFlag = (text: string): boolean => /^(?:1|t|T|true|TRUE|True|0|f|F|false|FALSE|False)$/.test(text);

/** The options whose values are checked, and the form of each. */
const values: Readonly<Record<string, readonly [words: string, takes: (text: string) => boolean]>> = {
  mode: ["blocking or non-blocking", (text) => ["", "blocking", "non-blocking"].includes(text)],
  "max-size": ["an amount such as 10m", (text) => (sizeBytes(text) ?? 0) > 0],
  "max-file": ["a number of at least 1", (text) => /^\+?\d+$/.test(text) && Number(text) >= 1],
  compress: ["true or false", isFlag],
};

/** Why the options for log files contradict each other; null if they do not. */
const clashOf = (driver: string, option: (name: string) => string | undefined): string | null => {
  const [compress, files] = [option("compress"), option("max-file")];
  if (driver === "json-file" && compress !== undefined && isYes(compress) && (Number(files ?? 1) < 2 || option("max-size") === undefined))
    return "compress takes a max-size, and a max-file of at least 2";
  if (driver === "local" && Number(files ?? 2) < 2 && isYes(compress ?? "true")) return 'a max-file of 1 takes compress: "false"';
  return option("max-buffer-size") !== undefined && option("mode") !== "non-blocking" ? "max-buffer-size takes mode: non-blocking" : null;
};

/** Throws `compose-refused` for options of a log driver with which no container can be created or started. */
export const assertLogging = ({ name, rest }: ComposeService): void => {
  const logging = entriesOf(rest.entries.get("logging"));
  const driver = textOf(logging.get("driver"));
  const known = Object.hasOwn(optionsOf, driver) ? optionsOf[driver] : undefined;
  const options = logging.get("options");
  if (known === undefined || options?.kind !== "map") return;
  const what = `logging of the service ${name}`;
  for (const [key, tree] of options.entries) {
    const near = nearest(key, known);
    if (!known.includes(key))
      throw composeRefused(
        tree.at,
        `${what} has the option ${JSON.stringify(key.slice(0, 40))}, which the driver ${driver} does not know: no task of it would start`,
        near === null ? "Take it out." : `Did you mean ${near}?`,
      );
    const value = Object.hasOwn(values, key) ? values[key] : undefined;
    if (value !== undefined && !value[1](textOf(tree)))
      throw composeRefused(
        tree.at,
        `${what} has a ${key} that the driver ${driver} does not take: no task of it would start`,
        `It takes ${value[0]}.`,
      );
  }
  const clash = clashOf(driver, (key) => (options.entries.has(key) ? textOf(options.entries.get(key)) : undefined));
  if (clash !== null)
    throw composeRefused(
      options.at,
      `${what} has options that the driver ${driver} does not take together: no task of it would start`,
      `${clash}.`,
    );
};
