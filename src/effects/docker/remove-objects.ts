import type { ObjectKind, OwnableObject } from "../../machines/ledger/ledger.js";
import type { Engine } from "./engine.js";
import { isRefused } from "./engine-errors.js";
import { retryUntilAborted } from "./retry-until-aborted.js";

/** In this order: a service holds its secrets, a container its volumes and networks. */
const removals: readonly { readonly kind: ObjectKind; readonly path: (id: string) => string; readonly query?: Readonly<Record<string, boolean>> }[] = [
  { kind: "service", path: (id) => `/services/${id}` },
  // With the volumes that an image's VOLUME made: they have no name of ours, and nobody else.
  { kind: "container", path: (id) => `/containers/${id}`, query: { force: true, v: true } },
  { kind: "network", path: (id) => `/networks/${id}` },
  { kind: "volume", path: (id) => `/volumes/${encodeURIComponent(id)}` },
  { kind: "secret", path: (id) => `/secrets/${id}` },
  { kind: "config", path: (id) => `/configs/${id}` },
];

const remove = async (engine: Engine, path: string, query: Readonly<Record<string, boolean>> | undefined, signal: AbortSignal): Promise<void> => {
  try {
    await engine.json("DELETE", path, { signal, ...(query === undefined ? {} : { query }) });
  } catch (error) {
    if (!isRefused(error)) throw error;
  }
};

/** Removes these and no others, by id, kind by kind. A refusal proves nothing: the next listing tells what is left. */
export const removeOnce = async (engine: Engine, objects: readonly OwnableObject[], signal: AbortSignal): Promise<void> => {
  for (const { kind, path, query } of removals) {
    const ids = objects.filter((object) => object.kind === kind).map(({ id }) => id);
    await Promise.all(ids.map((id) => retryUntilAborted(() => remove(engine, path(id), query, signal), signal)));
  }
};
