import { accessSync, constants, lstatSync } from "node:fs";
import { join, resolve } from "node:path";
import { homeFolder } from "../../effects/files/home-folder.js";
import { messageOf, RunError } from "../../machines/errors.js";
import type { Flags } from "../options.js";
import { badSetting } from "./bad-setting.js";
import { given, type Env } from "./ci.js";
import { setting, variable } from "./given.js";
import { installation } from "./installation.js";

/** Where things are on this host, the same for every command. */
export interface HostSettings {
  readonly sandbox: string | null;
  readonly zone: string;
  readonly lockDir: string;
  readonly runsDir: string;
  /** The operator's folders, each with one sub-folder per recipe. For a recipe, the first folder that has it counts. */
  readonly recipesDirs: readonly string[];
  readonly abraDir: string;
  readonly server: string;
  readonly abra: string;
  readonly docker: string;
  /** The image of the job that asks the Swarm's other nodes. It only has to contain `node`. */
  readonly nodeImage: string;
  /** The socket on which docker listens on those nodes. */
  readonly nodeSocket: string;
  /** This host's settings file. If somebody named it, it must exist. */
  readonly settingsFile: { readonly file: string; readonly isNamed: boolean };
  /** It was readable when the settings were read. null: only the authorities that Node brings. */
  readonly caFile: string | null;
}

const home = (env: Env): string => {
  const folder = given(env, "HOME") ?? homeFolder();
  if (folder !== null) return folder;
  throw new RunError("bad-setting", "HOME is not set, and this host knows no home folder of this user", {
    hint: "Set HOME, or what is below it by default: CCCI_RUNS_DIR and ABRA_DIR; with --sandbox RECIPE_CI_SANDBOX.",
  });
};
const stateHome = (env: Env): string => given(env, "XDG_STATE_HOME") ?? join(home(env), ".local", "state");

const zoneForm = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;

/** abra cuts a stack's name at 45 characters, and a secret's whole name may have 64: beyond this, two apps could share a stack. */
const zoneLengthMax = 33;

const checkedZone = (name: string, zone: string): string => {
  if (!zoneForm.test(zone)) throw badSetting(name, zone, "is not a lower-case DNS zone");
  if (zone.length > zoneLengthMax) {
    throw badSetting(
      name,
      zone,
      `is longer than ${zoneLengthMax} characters`,
      "abra cuts stack names at 45 characters: use a shorter zone.",
    );
  }
  return zone;
};

/** Names below localhost always mean this machine, so nothing has to be set up. */
const laptopZone = "recipe-ci.localhost";

const engineOwner = (root: string): number | undefined => {
  try {
    return lstatSync(join(root, "engine"), { throwIfNoEntry: false })?.uid;
  } catch (error) {
    throw badSetting("RECIPE_CI_SANDBOX", root, `cannot be a sandbox: ${messageOf(error)}`, "Set it to a folder of your own.");
  }
};

/**
 * Throws `bad-setting`, exit code 2, for another user's sandbox: that user could not change what our engine writes there, and theirs runs
 * as that user.
 */
const assertOwnSandbox = (root: string): void => {
  const owner = engineOwner(root);
  if (owner === undefined || owner === process.geteuid?.()) return;
  throw badSetting(
    "RECIPE_CI_SANDBOX",
    root,
    `is the sandbox of another user, ${owner}`,
    "A sandbox needs no root: call recipe-ci as that user, or set RECIPE_CI_SANDBOX to a folder of your own.",
  );
};

/** The operator's folder counts in the sandbox too, or a recipe's tests would silently not run. The examples' folder comes after it. */
const inSandbox = (root: string, recipesDir: string | null): HostSettings => ({
  sandbox: root,
  zone: "sandbox.localhost",
  lockDir: join(root, "locks"),
  runsDir: join(root, "runs"),
  recipesDirs: [...(recipesDir === null ? [] : [recipesDir]), join(installation, "examples", "operator")],
  abraDir: join(root, "abra"),
  server: "default",
  abra: join(installation, "sandbox", "bin", "abra"),
  docker: join(installation, "sandbox", "bin", "docker"),
  nodeImage: "",
  nodeSocket: "",
  settingsFile: { file: join(root, "settings.yml"), isNamed: false },
  caFile: null,
});

/** The form of an image that the Engine takes; it becomes part of a request's path. */
const imageForm = /^[a-z0-9][a-zA-Z0-9._:/-]*(@sha256:[0-9a-f]{64})?$/;

const nodeImageOf = (env: Env): string => {
  const image = variable(env, "nodeImage") ?? "docker.io/library/node:20-alpine";
  if (!imageForm.test(image) || image.includes("..")) throw badSetting("CCCI_NODE_IMAGE", image, "is not a valid image name");
  return image;
};

const nodeSocketOf = (env: Env): string => {
  const socket = variable(env, "nodeSocket") ?? "/var/run/docker.sock";
  if (!/^\/[^\0]+$/.test(socket)) throw badSetting("CCCI_NODE_SOCKET", socket, "is not an absolute path");
  return socket;
};

const caFileOf = (file: string | null): string | null => {
  try {
    if (file !== null) accessSync(file, constants.R_OK);
  } catch {
    throw badSetting("CCCI_CA_FILE", file ?? "", "cannot be read", "It names a PEM file with the certificate of an authority.");
  }
  return file === null ? null : resolve(file);
};

const isRoot = (): boolean => process.getuid?.() === 0;

/**
 * Flag, else environment, else default. `--sandbox` overrides every path except the operator's folder. Throws
 * `bad-setting`, exit code 2.
 *
 * Without a zone there are no run apps, so if CI is set, every command except doctor demands one.
 */
export const hostSettings = (flags: Flags, env: Env, needsZone = true): HostSettings => {
  if (flags.sandbox === true) {
    const root = variable(env, "sandboxDir") ?? join(stateHome(env), "recipe-ci", "sandbox");
    assertOwnSandbox(root);
    return inSandbox(root, variable(env, "recipesDir"));
  }
  const zone = setting(flags, env, "zone");
  const isCi = given(env, "CI") !== null;
  if (zone === null && isCi && needsZone) {
    throw new RunError("no-zone", "no DNS zone for the run's apps, which a CI must name", {
      hint: "Give --zone or set CCCI_ZONE, e.g. ci.example.com; or try it out with --sandbox.",
    });
  }
  return {
    sandbox: null,
    zone: zone === null ? (isCi ? "" : laptopZone) : checkedZone(zone.name, zone.value),
    lockDir: variable(env, "lockDir") ?? "/run/lock",
    runsDir: variable(env, "runsDir") ?? (isRoot() ? "/var/lib/cc-ci-runs" : join(stateHome(env), "recipe-ci", "runs")),
    recipesDirs: [variable(env, "recipesDir") ?? "/etc/recipe-ci/recipes"],
    abraDir: variable(env, "abraDir") ?? join(home(env), ".abra"),
    server: variable(env, "server") ?? "default",
    abra: variable(env, "abra") ?? "abra",
    docker: variable(env, "docker") ?? "docker",
    nodeImage: nodeImageOf(env),
    nodeSocket: nodeSocketOf(env),
    settingsFile: {
      file: resolve(variable(env, "settings") ?? "/etc/recipe-ci/settings.yml"),
      isNamed: variable(env, "settings") !== null,
    },
    caFile: caFileOf(variable(env, "caFile")),
  };
};
