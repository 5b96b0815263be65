import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { newId, type Kind, type Place } from "./place.js";

/**
 * All objects of one kind: in memory, and each in a JSON file that is replaced as a whole before the change is answered, so
 * that an engine after a kill reads a consistent world.
 */
export class Shelf<T extends object> {
  readonly #place: Place;
  readonly #kind: Kind;
  readonly #keyOf: (thing: T) => string;
  readonly #things = new Map<string, T>();

  constructor(place: Place, kind: Kind, keyOf: (thing: T) => string) {
    this.#place = place;
    this.#kind = kind;
    this.#keyOf = keyOf;
    for (const name of readdirSync(place.path(kind)).sort()) {
      if (!name.endsWith(".json")) continue;
      const thing = JSON.parse(readFileSync(join(place.path(kind), name), "utf8")) as T;
      this.#things.set(keyOf(thing), thing);
    }
  }

  all(): readonly T[] {
    return [...this.#things.values()];
  }

  get(key: string): T | null {
    return this.#things.get(key) ?? null;
  }

  has(key: string): boolean {
    return this.#things.has(key);
  }

  put(thing: T): void {
    const key = this.#keyOf(thing);
    this.#things.set(key, thing);
    if (!this.#place.isThere()) return; // The world was deleted, so the engine is about to end.
    const beside = this.#place.path("tmp", newId());
    writeFileSync(beside, JSON.stringify(thing));
    renameSync(beside, this.#fileOf(key));
  }

  drop(key: string): void {
    this.#things.delete(key);
    rmSync(this.#fileOf(key), { force: true });
  }

  #fileOf(key: string): string {
    return join(this.#place.path(this.#kind), `${encodeURIComponent(key)}.json`);
  }
}
