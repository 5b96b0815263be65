import { spawnSync } from "node:child_process";
import { openSync } from "node:fs";
import { join } from "node:path";

/**
 * Asks the kernel for the lock that only one engine of the sandbox has, for as long as it lives. Returns what tries once:
 * false while another has it. The descriptor is never closed.
 */
export const lockOf = (folder: string): (() => boolean) => {
  const fd = openSync(join(folder, "lock"), "a", 0o600);
  return () => {
    const { status, error } = spawnSync("flock", ["--nonblock", "--exclusive", "3"], { stdio: ["ignore", "ignore", "inherit", fd] });
    if (error !== undefined) throw new Error(`the sandbox needs flock (util-linux): ${error.message}`);
    return status === 0;
  };
};
