import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { sandboxRoot } from "../shared/faults.js";
import { get, worldPath, type ServiceSpec } from "./world.js";

interface Keeper {
  readonly pid: number;
}

/** A number may be another process's by now, or a dead one's that nobody has waited for: its command line tells. */
const isKeeper = (pid: number, serviceId: string): boolean => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(serviceId);
  } catch {
    return false; // No such process.
  }
};

/** The process that keeps a service, by the service's id: one made again under an old name has a keeper of its own. */
export const keeperOf = (serviceId: string): number | null => {
  const keeper = get<Keeper>("keepers", serviceId);
  return keeper !== null && isKeeper(keeper.pid, serviceId) ? keeper.pid : null;
};

/**
 * Starts the process that keeps a service running, as the engine would: it outlives its caller, in a session of its
 * own, with an environment made from nothing, so that it never looks like a child of the run that deployed it.
 */
export const startKeeper = ({ name, id }: ServiceSpec): void => {
  if (keeperOf(id) !== null) return;
  const log = openSync(worldPath("logs", `${id}.keeper`), "a");
  const keeper = spawn(process.execPath, [__filename, "keep-service", name, id], {
    detached: true,
    cwd: "/",
    stdio: ["ignore", log, log],
    env: { PATH: process.env["PATH"], RECIPE_CI_SANDBOX: sandboxRoot() },
  });
  keeper.unref();
  closeSync(log);
};
