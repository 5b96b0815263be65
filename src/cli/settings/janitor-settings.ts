import { asRunApp } from "../../machines/names.js";
import type { Domain } from "../../machines/vocabulary.js";
import type { Flags } from "../options.js";
import type { Env } from "./ci.js";
import { setting } from "./given.js";
import { badSetting } from "./bad-setting.js";
import { hostSettings, type HostSettings } from "./host.js";

export interface JanitorSettings extends HostSettings {
  readonly dryRun: boolean;
  readonly json: boolean;
  /** The one app that the operator declares to be a run's; null: every app with a sign of a run. */
  readonly adopt: Domain | null;
}

/** Throws `bad-setting`, exit code 2. An app whose name no run would choose cannot be adopted. */
export const janitorSettings = (flags: Flags, env: Env): JanitorSettings => {
  const host = hostSettings(flags, env);
  const asked = setting(flags, env, "adopt");
  const adopt = asked === null ? null : asRunApp(asked.value, host.zone);
  if (asked !== null && adopt === null) {
    throw badSetting(
      asked.name,
      asked.value,
      `is not a name that a run gives in the zone ${host.zone}`,
      "recipe-ci status lists what is unclaimed there.",
    );
  }
  return { ...host, dryRun: flags.dryRun === true, json: flags.json === true, adopt };
};
