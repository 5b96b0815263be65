import type { KeptFile, NetworkDocument, Service, VolumeDocument } from "../schema.js";
import type { ContainerRecord, TaskRecord } from "./records.js";
import { Bridge } from "../container/bridge.js";
import { builtInNetworks } from "./built-in-networks.js";
import { Bulletin } from "./bulletin.js";
import { Logs } from "./logs.js";
import type { Place } from "./place.js";
import { Shelf } from "./shelf.js";

/** Everything that exists, in memory and on disk, with the bulletin of changes. */
export class World {
  readonly place: Place;
  readonly services: Shelf<Service>;
  readonly tasks: Shelf<TaskRecord>;
  readonly containers: Shelf<ContainerRecord>;
  readonly volumes: Shelf<VolumeDocument>;
  readonly secrets: Shelf<KeptFile>;
  readonly configs: Shelf<KeptFile>;
  readonly networks: Shelf<NetworkDocument>;
  readonly bulletin = new Bulletin();
  readonly bridge = new Bridge();
  readonly logs: Logs;
  #index: number;

  constructor(place: Place) {
    this.place = place;
    this.services = new Shelf(place, "services", ({ Spec }) => Spec.Name);
    this.tasks = new Shelf(place, "tasks", ({ task }) => task.ID);
    this.containers = new Shelf(place, "containers", ({ id }) => id);
    this.volumes = new Shelf(place, "volumes", ({ Name }) => Name);
    this.secrets = new Shelf(place, "secrets", ({ Spec }) => Spec.Name);
    this.configs = new Shelf(place, "configs", ({ Spec }) => Spec.Name);
    this.networks = new Shelf(place, "networks", ({ Name }) => Name);
    this.logs = new Logs(place);
    const seen = [this.services, this.secrets, this.configs].flatMap((shelf) => shelf.all().map(({ Version }) => Version.Index));
    this.#index = Math.max(10, ...seen, ...this.tasks.all().map(({ task }) => task.Version.Index));
  }

  /** The next number of the Swarm's only counter, from which every change of an object takes one. */
  nextVersion(): { readonly Index: number } {
    this.#index += 1;
    return { Index: this.#index };
  }

  serviceById(id: string): Service | null {
    return this.services.all().find(({ ID }) => ID === id) ?? null;
  }

  /** Finds a service by id, name or the beginning of an id. */
  findService(handle: string): Service | null {
    return this.services.get(handle) ?? this.services.all().find(({ ID }) => ID.startsWith(handle)) ?? null;
  }

  findContainer(handle: string): ContainerRecord | null {
    const bare = handle.startsWith("/") ? handle.slice(1) : handle;
    return (
      this.containers.get(bare) ??
      this.containers.all().find(({ id, name }) => name === bare || (bare.length > 0 && id.startsWith(bare))) ??
      null
    );
  }

  findNetwork(handle: string): NetworkDocument | null {
    return [...this.networks.all(), ...builtInNetworks].find(({ Id, Name }) => Id === handle || Name === handle) ?? null;
  }

  /** The containers that keep a network in use on this node. */
  containersOn(networkId: string): readonly ContainerRecord[] {
    return this.containers.all().filter(({ networks }) => networks.includes(networkId));
  }

  /** Drops removed networks whose last container is gone. */
  tidyNetworks(): void {
    for (const { Name, Id, doomed } of this.networks.all())
      if (doomed === true && this.containersOn(Id).length === 0) this.networks.drop(Name);
  }
}
