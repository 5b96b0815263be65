import { mkdirSync } from "node:fs";
import { posix } from "node:path";
import type { ContainerSpec, Labels, Service } from "../schema.js";
import type { ContainerRecord } from "../world/records.js";
import { node } from "../swarm/node.js";
import { stopGraceMs } from "../swarm/timing.js";
import { newLongId, now } from "../world/place.js";
import type { World } from "../world/world.js";
import { publishedBy, type RealPorts } from "./host-ports.js";
import { isChecked } from "./health.js";
import { findImage, type Image } from "./images.js";
import { appFolder, pathIn } from "./image-programs.js";
import { neighboursOf } from "./neighbours.js";
import { asEnvironment } from "./program.js";
import { rejectionOf } from "./rejection.js";
import { makeRootfs, within } from "./rootfs.js";
import { asSignal } from "./signals.js";
import { fillSpec, scopeOf } from "./templates.js";

interface ContainerOf {
  readonly world: World;
  readonly service: Service;
  readonly slot: number | null;
  readonly taskId: string;
  readonly image: Image;
  readonly ports: RealPorts;
}

/** The place on this machine of a folder in the container. */
export const folderIn = ({ place }: World, { id, image }: Pick<ContainerRecord, "id" | "image">, path: string): string =>
  posix.resolve("/", path) === appFolder ? (findImage(image)?.folder ?? "") : within(place.path("rootfs", id), path);

/** The image's own command counts if the service has none. */
const commandOf = ({ Command = [], Args = [] }: ContainerSpec, image: Image): readonly string[] => {
  const entrypoint = Command.length === 1 && Command[0] === "" ? [] : Command;
  return Command.length === 0 && Args.length === 0 ? image.command : [...entrypoint, ...Args];
};

/** The labels by which a node knows whose a container is. */
const swarmLabels = (service: Service, taskId: string, taskName: string): Labels => ({
  "com.docker.swarm.node.id": node.id,
  "com.docker.swarm.service.id": service.ID,
  "com.docker.swarm.service.name": service.Spec.Name,
  "com.docker.swarm.task": "",
  "com.docker.swarm.task.id": taskId,
  "com.docker.swarm.task.name": taskName,
});

interface Made extends Pick<ContainerOf, "service" | "taskId" | "image" | "ports"> {
  readonly id: string;
  readonly name: string;
  /** With its templates filled in. */
  readonly spec: ContainerSpec;
  readonly workDir: string;
  readonly mounts: ContainerRecord["mounts"];
}

/** The record of a container of which nothing runs yet. */
const recordOf = ({ service, taskId, image, ports, id, name, spec, workDir, mounts }: Made): ContainerRecord => {
  const { Env: env = [], Healthcheck: healthConfig = null } = spec;
  return {
    id,
    name,
    taskId,
    serviceId: service.ID,
    serviceName: service.Spec.Name,
    image: spec.Image,
    command: commandOf(spec, image),
    labels: { ...spec.Labels, ...swarmLabels(service, taskId, name) },
    env,
    user: spec.User ?? "",
    hostname: spec.Hostname || id.slice(0, 12),
    createdAt: now(),
    state: "created",
    health: isChecked(healthConfig) ? "starting" : "none",
    healthConfig,
    pid: null,
    exitCode: 0,
    startedAt: null,
    finishedAt: null,
    workDir,
    stopSignal: asSignal(spec.StopSignal),
    stopGraceMs: stopGraceMs(spec.StopGracePeriod),
    mounts,
    networks: (service.Spec.TaskTemplate.Networks ?? []).map(({ Target }) => Target),
    ports,
    published: publishedBy(service.Spec),
    removeAt: null,
  };
};

/** Creates a task's container: its file system and its record. Nothing of it runs yet. If an engine would not create it, returns why. */
export const newContainer = ({ world, service, slot, taskId, image, ports }: ContainerOf): ContainerRecord | string => {
  const id = newLongId();
  const name = `${service.Spec.Name}.${slot || node.id}.${taskId}`;
  const scope = scopeOf({
    serviceId: service.ID,
    serviceName: service.Spec.Name,
    labels: service.Spec.Labels ?? {},
    slot,
    taskId,
    taskName: name,
  });
  const spec = fillSpec(service.Spec.TaskTemplate.ContainerSpec, scope);
  const rejection = rejectionOf(spec, image, service.Spec.TaskTemplate.Resources ?? {});
  if (rejection !== null) return rejection;
  const rootfs = world.place.path("rootfs", id);
  const mounts = makeRootfs(world, spec, scope, rootfs, neighboursOf(world, service.Spec));
  // A working folder that the image does not have is created.
  const workDir = folderIn(world, { id, image: spec.Image }, spec.Dir ?? appFolder);
  mkdirSync(workDir, { recursive: true });
  const container = recordOf({ service, taskId, image, ports, id, name, spec, workDir, mounts });
  world.containers.put(container);
  return container;
};

/** The environment of the container's program: its own variables, and where its parts are on this machine. */
export const environmentOf = (world: World, { id, image, env, hostname, ports }: ContainerRecord): NodeJS.ProcessEnv => ({
  HOSTNAME: hostname,
  ...asEnvironment(env),
  PATH: pathIn(world.place, { image, env }),
  SANDBOX_ROOTFS: world.place.path("rootfs", id),
  ...Object.fromEntries(Object.entries(ports).map(([target, real]) => [`SANDBOX_PORT_${target.split("/")[0]}`, String(real)])),
});
