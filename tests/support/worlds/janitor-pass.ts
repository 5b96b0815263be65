import { startProcess } from "../children.js";
import { launcher, type World } from "./world.js";

export interface Pass {
  readonly code: number | null;
  readonly report: string;
}

/** One pass of the janitor by hand. */
export const janitorPass = async (world: World): Promise<Pass> => {
  const env = { PATH: process.env["PATH"], HOME: world.root, ...world.env };
  const { ended, said } = startProcess(launcher, ["janitor", ...world.flags, "--json"], { cwd: world.root, env });
  const { code } = await ended;
  return { code, report: `${said.stdout}${said.stderr}` };
};
