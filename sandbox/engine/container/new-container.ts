import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ContainerRecord, Service, ServiceSpec } from "../schema.js";
import { node } from "../swarm/node.js";
import { stopGraceMs } from "../swarm/timing.js";
import { newLongId, now } from "../world/place.js";
import type { World } from "../world/world.js";
import { publishedBy, type RealPorts } from "./host-ports.js";
import { checkOf } from "./health.js";
import type { Image } from "./images.js";
import { asEnvironment } from "./program.js";
import { makeRootfs, within } from "./rootfs.js";
import { asSignal } from "./signals.js";
import { fillSpec, scopeOf } from "./templates.js";

export interface ContainerOf {
  readonly world: World;
  readonly service: Service;
  readonly slot: number | null;
  readonly taskId: string;
  readonly image: Image;
  readonly ports: RealPorts;
}

/** Makes a container of a task: its file system and its record. Nothing of it runs yet. */
export const newContainer = ({ world, service, slot, taskId, image, ports }: ContainerOf): ContainerRecord => {
  const id = newLongId();
  const name = `${service.Spec.Name}.${slot || node.id}.${taskId}`;
  const scope = scopeOf({ serviceId: service.ID, serviceName: service.Spec.Name, labels: service.Spec.Labels ?? {}, slot, taskId, taskName: name });
  const asked = service.Spec.TaskTemplate.ContainerSpec;
  const spec = fillSpec(asked, scope);
  const rootfs = world.place.path("rootfs", id);
  // A config that asks for a variable gets it as the service has it, not filled in.
  const mounts = makeRootfs(world, { ...spec, Env: asked.Env ?? [] }, scope, rootfs, neighboursOf(world, service.Spec));
  const container: ContainerRecord = {
    id,
    name,
    taskId,
    serviceId: service.ID,
    serviceName: service.Spec.Name,
    image: spec.Image,
    command: [...(spec.Command ?? []), ...(spec.Args ?? (spec.Command === undefined ? image.command : []))],
    labels: {
      ...spec.Labels,
      "com.docker.swarm.node.id": node.id,
      "com.docker.swarm.service.id": service.ID,
      "com.docker.swarm.service.name": service.Spec.Name,
      "com.docker.swarm.task": "",
      "com.docker.swarm.task.id": taskId,
      "com.docker.swarm.task.name": name,
    },
    env: spec.Env ?? [],
    createdAt: now(),
    state: "created",
    health: checkOf(spec.Healthcheck) === null ? "none" : "starting",
    healthConfig: spec.Healthcheck ?? null,
    pid: null,
    exitCode: 0,
    startedAt: null,
    finishedAt: null,
    workDir: spec.Dir !== undefined && existsSync(within(rootfs, spec.Dir)) ? within(rootfs, spec.Dir) : image.folder,
    stopSignal: asSignal(spec.StopSignal),
    stopGraceMs: stopGraceMs(spec.StopGracePeriod),
    mounts,
    networks: (service.Spec.TaskTemplate.Networks ?? []).map(({ Target }) => Target),
    ports,
    published: publishedBy(service.Spec),
    removeAt: null,
  };
  world.containers.put(container);
  return container;
};

/** What the container's program is started with: its own variables, and where in this machine its parts lie. */
export const environmentOf = (world: World, { id, env, ports }: ContainerRecord): NodeJS.ProcessEnv => ({
  PATH: process.env["PATH"],
  ...asEnvironment(env),
  SANDBOX_ROOTFS: world.place.path("rootfs", id),
  ...Object.fromEntries(Object.entries(ports).map(([target, real]) => [`SANDBOX_PORT_${target.split("/")[0]}`, String(real)])),
});

const stackOf = (spec: ServiceSpec): string | undefined => spec.Labels?.["com.docker.stack.namespace"];

/** The folder in which the containers of a stack tell one another where they listen. */
const neighboursOf = (world: World, spec: ServiceSpec): string => world.place.path("ports", stackOf(spec) ?? spec.Name);

/** The key of a service in its stack: what its neighbours call it. */
const shortName = (spec: ServiceSpec): string => {
  const stack = stackOf(spec);
  return stack !== undefined && spec.Name.startsWith(`${stack}_`) ? spec.Name.slice(stack.length + 1) : spec.Name;
};

export const tellNeighbours = (world: World, spec: ServiceSpec, ports: RealPorts): void => {
  const folder = neighboursOf(world, spec);
  for (const [target, real] of Object.entries(ports)) {
    writeFileSync(join(folder, `${shortName(spec)}.${target.split("/")[0]}`), String(real));
  }
};
