import type { Faults } from "../../shared/faults.js";
import { tellOfContainer } from "../container/events.js";
import { killStrays, signalGroup } from "../container/group.js";
import { Relay } from "../container/ports.js";
import { rmSync } from "node:fs";
import type { Service } from "../schema.js";
import type { ContainerRecord } from "../world/records.js";
import { now } from "../world/place.js";
import type { World } from "../world/world.js";
import { JobSupervisor } from "./job-supervisor.js";
import { isKeptForGood, type Supervisor } from "./supervisor.js";
import { ServiceSupervisor } from "./service-supervisor.js";

const isJob = ({ Spec }: Service): boolean => Spec.Mode.ReplicatedJob !== undefined || Spec.Mode.GlobalJob !== undefined;

/** The supervisors of the services, and the node's own tidying. */
export class Swarm {
  readonly #world: World;
  readonly #faults: Faults;
  readonly #supervisors = new Map<string, Supervisor>();
  readonly #leaving = new Set<Promise<void>>();
  readonly #ingress = new Map<number, { readonly serviceId: string; readonly mesh: Relay }>();

  constructor(world: World, faults: Faults) {
    this.#world = world;
    this.#faults = faults;
  }

  /** Takes over what an earlier engine left: ends its processes, as on a node that restarts, and supervises the services again. */
  pickUp(): void {
    const left = this.#world.containers.all().filter(({ state }) => state !== "exited");
    if (left.length > 0) killStrays(this.#world.place.path("rootfs"));
    for (const container of left)
      this.#world.containers.put({ ...container, state: "exited", pid: null, exitCode: 137, finishedAt: now() });
    for (const record of this.#world.tasks.all()) {
      const { task } = record;
      const isOver = ["complete", "failed", "shutdown", "rejected"].includes(task.Status.State);
      const isOfNobody = this.#world.serviceById(task.ServiceID) === null;
      if (
        isOfNobody &&
        !this.#world.containers.all().some((container) => container.taskId === task.ID && isKeptForGood(this.#world, container))
      )
        this.#world.tasks.drop(task.ID);
      else if (!isOver) {
        const Status = { ...task.Status, Timestamp: now(), State: "failed", Message: "started", Err: "task: non-zero exit (137)" } as const;
        this.#world.tasks.put({ ...record, task: { ...task, DesiredState: "shutdown", Status } });
      }
    }
    for (const container of this.#world.containers.all()) {
      if (
        container.serviceId !== "" &&
        this.#world.serviceById(container.serviceId) === null &&
        container.removeAt === null &&
        !isKeptForGood(this.#world, container)
      )
        this.#world.containers.put({ ...container, removeAt: Date.now() });
    }
    for (const service of this.#world.services.all()) this.keep(service);
  }

  keep(service: Service): void {
    const supervisor =
      this.#supervisors.get(service.ID) ??
      (isJob(service) ? new JobSupervisor(this.#world, service, this.#faults) : new ServiceSupervisor(this.#world, service, this.#faults));
    this.#supervisors.set(service.ID, supervisor);
    this.#mesh(service);
    supervisor.poke();
  }

  /** Takes down a service whose spec is already gone. */
  release(service: Service): void {
    const supervisor = this.#supervisors.get(service.ID);
    this.#supervisors.delete(service.ID);
    for (const [port, { serviceId, mesh }] of this.#ingress) {
      if (serviceId !== service.ID) continue;
      mesh.close();
      this.#ingress.delete(port);
    }
    if (supervisor === undefined) return;
    const leaving = supervisor.takeDown().finally(() => this.#leaving.delete(leaving));
    this.#leaving.add(leaving);
  }

  desired(service: Service): number {
    return this.#supervisors.get(service.ID)?.desired(service) ?? 0;
  }

  /** Whether anything depends on this process. */
  get isBusy(): boolean {
    return (
      this.#supervisors.size > 0 ||
      this.#leaving.size > 0 ||
      this.#world.containers.all().some(({ state, removeAt }) => state !== "exited" || removeAt !== null)
    );
  }

  /** Tidies the node: removes exited containers whose time has come, and a removed network with its last container. */
  tidy(): void {
    for (const container of this.#world.containers.all())
      if (container.removeAt !== null && container.removeAt <= Date.now()) this.forget(container, true);
    this.#world.tidyNetworks();
  }

  /** Removes a container and what belongs to it alone. `withVolumes`: its anonymous volumes too. */
  forget(container: ContainerRecord, withVolumes: boolean): void {
    signalGroup(container.pid, "SIGKILL");
    rmSync(this.#world.place.path("rootfs", container.id), { recursive: true, force: true });
    this.#world.containers.drop(container.id);
    if (container.serviceId !== "" && this.#world.serviceById(container.serviceId) === null) this.#world.tasks.drop(container.taskId);
    tellOfContainer(this.#world.bulletin, "destroy", container);
    if (withVolumes) for (const { name, anonymous } of container.mounts) if (anonymous) this.dropVolume(name);
    this.#world.tidyNetworks();
  }

  dropVolume(name: string): void {
    // The content is removed first: if we are killed in between, a name is left that can be removed again, and no data without a name.
    rmSync(this.#world.place.path("volume-data", name), { recursive: true, force: true });
    this.#world.volumes.drop(name);
    this.#world.bulletin.say("volume", "destroy", name, { driver: "local" });
  }

  killAll(): void {
    for (const supervisor of this.#supervisors.values()) supervisor.killAll();
    for (const { pid } of this.#world.containers.all()) signalGroup(pid, "SIGKILL");
  }

  /** Published ports in ingress mode are this process's own listeners. */
  #mesh(service: Service): void {
    for (const { PublishedPort, TargetPort, Protocol = "tcp", PublishMode } of service.Endpoint.Ports ?? []) {
      if (PublishMode === "host" || PublishedPort === undefined || Protocol !== "tcp" || this.#ingress.has(PublishedPort)) continue;
      const targets = (): readonly number[] =>
        this.#world.containers
          .all()
          .flatMap(({ serviceId, state, ports }) =>
            serviceId === service.ID && state === "running" ? [ports[`${TargetPort}/tcp`] ?? 0] : [],
          );
      const mesh = new Relay("127.0.0.1", PublishedPort, targets, (why) =>
        process.stderr.write(`port ${PublishedPort} cannot be published: ${why}\n`),
      );
      this.#ingress.set(PublishedPort, { serviceId: service.ID, mesh });
    }
  }
}
