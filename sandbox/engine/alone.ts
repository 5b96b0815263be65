import { spawnSync } from "node:child_process";
import { openSync } from "node:fs";
import { join } from "node:path";

/**
 * Makes this process the only engine of the sandbox, for as long as it lives: the kernel lets go of the lock with it.
 * False when another is. The descriptor is never closed.
 */
export const becomeTheEngine = (folder: string): boolean => {
  const fd = openSync(join(folder, "lock"), "a", 0o600);
  const { status, error } = spawnSync("flock", ["--nonblock", "--exclusive", "3"], { stdio: ["ignore", "ignore", "inherit", fd] });
  if (error !== undefined) throw new Error(`the sandbox needs flock (util-linux): ${error.message}`);
  return status === 0;
};
