import { rmSync } from "node:fs";
import { keeperOf } from "./keeper-start.js";
import { all, drop, get, killGroup, worldPath, type Container, type NamedThing, type ServiceSpec } from "./world.js";

export const forget = ({ id }: Container): void => {
  rmSync(worldPath("rootfs", id), { recursive: true, force: true });
  drop("containers", id);
};

/** Its service is gone, and so is the process that would have stopped it. */
const isOrphaned = ({ service, serviceId }: Container): boolean =>
  get<ServiceSpec>("services", service)?.id !== serviceId && keeperOf(serviceId) === null;

/**
 * What there is, after the engine's own tidying: an exited container whose time has come goes with its file system, and
 * one that nobody keeps any more (its keeper was killed) is ended and goes too.
 */
export const containers = (): readonly Container[] =>
  all<Container>("containers").filter((container) => {
    const isDue = container.removeAt === null ? isOrphaned(container) : container.removeAt <= Date.now();
    if (!isDue) return true;
    killGroup(container.pid, "SIGKILL");
    forget(container);
    return false;
  });

export interface Network extends NamedThing {
  /** Removed, but still listed while a container of it is. */
  readonly doomed?: boolean;
}

export const networks = (): readonly Network[] => {
  const used = new Set(containers().flatMap((container) => container.networks));
  return all<Network>("networks").filter((network) => {
    if (network.doomed !== true || used.has(network.name)) return true;
    drop("networks", network.name);
    return false;
  });
};
