import type { Labels } from "../schema.js";

export interface Notice {
  readonly Type: "container" | "service" | "network" | "volume" | "secret" | "config" | "node" | "image";
  readonly Action: string;
  readonly Actor: { readonly ID: string; readonly Attributes: Labels };
  readonly scope: "local" | "swarm";
  readonly time: number;
  readonly timeNano: number;
}

const keptMax = 1_000;

/** Events for listeners; keeps the last thousand for those who ask for earlier ones. */
export class Bulletin {
  readonly #listeners = new Set<(notice: Notice) => void>();
  readonly #kept: Notice[] = [];

  say(type: Notice["Type"], action: string, id: string, attributes: Labels, scope: Notice["scope"] = "local"): void {
    const ms = Date.now();
    const notice: Notice = {
      Type: type,
      Action: action,
      Actor: { ID: id, Attributes: attributes },
      scope,
      time: Math.floor(ms / 1_000),
      timeNano: ms * 1_000_000,
    };
    this.#kept.push(notice);
    if (this.#kept.length > keptMax) this.#kept.shift();
    for (const listener of this.#listeners) listener(notice);
  }

  since(seconds: number): readonly Notice[] {
    return this.#kept.filter(({ timeNano }) => timeNano / 1_000_000_000 >= seconds);
  }

  /** Returns a function that ends the listening. */
  listen(listener: (notice: Notice) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
