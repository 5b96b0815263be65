import { homedir } from "node:os";
import { join } from "node:path";
import { RunError } from "../../machines/errors.js";
import type { Flags } from "../program.js";
import { given } from "./ci.js";
import { installation } from "./installation.js";

export type Env = Readonly<Record<string, string | undefined>>;

/** Where things are on this host: the same for every command. */
export interface HostSettings {
  readonly sandbox: string | null;
  readonly zone: string;
  readonly lockDir: string;
  readonly runsDir: string;
  readonly recipesDir: string;
  readonly abraDir: string;
  readonly server: string;
  readonly abra: string;
  readonly docker: string;
}

export const badSetting = (name: string, value: string, why: string, hint = "See: recipe-ci run --help"): RunError =>
  new RunError("bad-setting", `${name}: ${JSON.stringify(value)} ${why}`, { hint, exitCode: 2 });

/** The text of a flag, or null; an empty one counts as not given, like an empty variable. */
export const flag = (flags: Flags, name: string): string | null => {
  const value = flags[name];
  return typeof value === "string" && value !== "" ? value : null;
};

const home = (env: Env): string => given(env, "HOME") ?? homedir();
const stateHome = (env: Env): string => given(env, "XDG_STATE_HOME") ?? join(home(env), ".local", "state");

const zoneForm = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;

/** abra cuts a stack's name at 45 characters, and a secret's whole name may have 64: beyond this, two apps could share a stack. */
const zoneLengthMax = 33;

const checkedZone = (name: string, zone: string): string => {
  if (!zoneForm.test(zone)) throw badSetting(name, zone, "is no DNS zone in lower case");
  if (zone.length > zoneLengthMax) {
    throw badSetting(name, zone, `is longer than ${zoneLengthMax} characters`, "abra cuts stack names at 45 characters: use a shorter zone.");
  }
  return zone;
};

const inSandbox = (root: string): HostSettings => ({
  sandbox: root,
  zone: "sandbox.localhost",
  lockDir: join(root, "locks"),
  runsDir: join(root, "runs"),
  recipesDir: join(installation, "examples", "operator"),
  abraDir: join(root, "abra"),
  server: "default",
  abra: join(installation, "sandbox", "bin", "abra"),
  docker: join(installation, "sandbox", "bin", "docker"),
});

const isRoot = (): boolean => process.getuid?.() === 0;

/**
 * Flag, else environment, else default; `--sandbox` overrides every path. Throws `bad-setting`, exit code 2.
 *
 * Without a zone there are no run apps to speak of, so all but doctor want one.
 */
export const hostSettings = (flags: Flags, env: Env, needsZone = true): HostSettings => {
  if (flags["sandbox"] === true) return inSandbox(given(env, "RECIPE_CI_SANDBOX") ?? join(stateHome(env), "recipe-ci", "sandbox"));
  const zone = flag(flags, "zone") ?? given(env, "CCCI_ZONE");
  if (zone === null && needsZone) {
    throw new RunError("no-zone", "no DNS zone for the run's apps", {
      hint: "Give --zone or set CCCI_ZONE, e.g. ci.example.com; or try it out with --sandbox.",
      exitCode: 2,
    });
  }
  return {
    sandbox: null,
    zone: zone === null ? "" : checkedZone(flag(flags, "zone") === null ? "CCCI_ZONE" : "--zone", zone),
    lockDir: given(env, "CCCI_APP_LOCK_DIR") ?? "/run/lock",
    runsDir: given(env, "CCCI_RUNS_DIR") ?? (isRoot() ? "/var/lib/cc-ci-runs" : join(stateHome(env), "recipe-ci", "runs")),
    recipesDir: given(env, "CCCI_RECIPES_DIR") ?? "/etc/recipe-ci/recipes",
    abraDir: given(env, "ABRA_DIR") ?? join(home(env), ".abra"),
    server: given(env, "CCCI_SERVER") ?? "default",
    abra: given(env, "CCCI_ABRA") ?? "abra",
    docker: given(env, "CCCI_DOCKER") ?? "docker",
  };
};
