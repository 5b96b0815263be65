import type { ExitCode } from "../../machines/vocabulary.js";
import type { Io } from "../io.js";
import { runSettings } from "../settings/run-settings.js";
import { run } from "./run.js";

/** One whole run of an example recipe in the sandbox, all five tiers: the same program, with stand-ins for abra and docker. */
export const demo = async (io: Io): Promise<ExitCode> => {
  io.out(
    "demo: the example recipe `guestbook` through all five tiers, in the sandbox (stand-ins for abra and docker, no root, nothing outside it)",
  );
  const { RECIPE_CI_SANDBOX, XDG_STATE_HOME, HOME, ...rest } = io.env;
  const kept = Object.entries(rest).filter(([name]) => name.startsWith("RECIPE_CI_"));
  const env = { ...Object.fromEntries(kept), RECIPE_CI_SANDBOX, XDG_STATE_HOME, HOME };
  return run(runSettings("guestbook", { sandbox: true }, env, io.cwd), { ...io, env: { ...io.env, ...env } });
};
