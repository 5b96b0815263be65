import { delimiter, isAbsolute, resolve } from "node:path";
import { keptPlaces } from "../../effects/children/environment.js";
import { RunError } from "../../machines/errors.js";
import { options, variables, type OptionSpec } from "../options.js";
import { badSetting } from "./bad-setting.js";

/** Variables that name a place on this host, for us or for the programs that we start. */
const places = [
  ...[
    variables.lockDir,
    variables.runsDir,
    variables.recipesDir,
    variables.settings,
    variables.abraDir,
    variables.caFile,
    variables.sandboxDir,
  ].flatMap(({ env }) => env),
  "XDG_STATE_HOME",
  ...keptPlaces,
];

/** Variables that name a program on PATH, or its path if they contain a slash. */
const programs = [variables.abra, variables.docker, variables.chromium].flatMap(({ env }) => env);

const settings = [
  "RECIPE",
  ...[...Object.values<Omit<OptionSpec, "flag">>(options), ...Object.values<Omit<OptionSpec, "flag">>(variables)].flatMap(
    ({ env = [] }) => env,
  ),
];

/** The failure of a command whose current folder is gone and that needs it. */
export const folderGone = (): RunError =>
  new RunError("folder-gone", "the folder that recipe-ci was called in is not there any more", {
    hint: "Go to one that is there (cd /), and call it again.",
  });

/** An empty entry of PATH means the current folder. In a run, others may write into that folder, so the entry is dropped. */
const settledPath = (path: string, cwd: string | null): string =>
  path
    .split(delimiter)
    .flatMap((entry) => (entry === "" || isAbsolute(entry) ? entry : cwd === null ? [] : resolve(cwd, entry)))
    .filter((entry) => entry !== "")
    .join(delimiter);

/**
 * Makes the environment independent of the current folder: resolves paths against the folder of the start, since a run and the
 * programs that it starts work in the run's own. Strips blanks around a setting, and the CR of a file from Windows.
 * `cwd`: null if that folder is gone. Throws `folder-gone`, or `bad-setting` for a path below `~`, both with exit code 2.
 */
export const settleEnvironment = (env: NodeJS.ProcessEnv, cwd: string | null): void => {
  const change = (name: string, to: (value: string, name: string) => string): void => {
    const value = env[name];
    if (value === undefined || value === "") return;
    const changed = to(value, name);
    if (changed !== value) env[name] = changed;
  };
  const settle = (value: string, name: string): string => {
    if (isAbsolute(value)) return value;
    if (/^~(\/|$)/.test(value))
      throw badSetting(name, value, "begins with ~, which only a shell replaces", "Write the path out: /home/… or /root/….");
    if (cwd === null) throw folderGone();
    return resolve(cwd, value);
  };
  for (const name of settings) change(name, (value) => value.trim());
  for (const name of places) change(name, settle);
  for (const name of programs) change(name, (value) => (value.includes("/") ? settle(value, name) : value));
  change("PATH", (value) => settledPath(value, cwd));
};
