import type { ObjectKind, OwnableObject } from "../../../machines/ledger/ledger.js";
import type { Engine } from "../engine.js";
import { isRefused } from "../engine-errors.js";
import { retryUntilAborted } from "../retry-until-aborted.js";

/** The order of removal: a service holds its secrets, a container its volumes and networks. */
const removals: readonly {
  readonly kind: ObjectKind;
  readonly path: (id: string) => string;
  readonly query?: Readonly<Record<string, boolean>>;
}[] = [
  { kind: "service", path: (id) => `/services/${id}` },
  // `v`: with the volumes made by an image's VOLUME, which have no name of ours and no other user.
  { kind: "container", path: (id) => `/containers/${id}`, query: { force: true, v: true } },
  { kind: "network", path: (id) => `/networks/${id}` },
  { kind: "volume", path: (id) => `/volumes/${encodeURIComponent(id)}` },
  { kind: "secret", path: (id) => `/secrets/${id}` },
  { kind: "config", path: (id) => `/configs/${id}` },
];

/** Why the daemon refused the last try to remove an object, by its id. */
export type Refusals = Map<string, string>;

const remove = async (
  engine: Engine,
  path: string,
  query: Readonly<Record<string, boolean>> | undefined,
  signal: AbortSignal,
): Promise<string | null> => {
  try {
    await engine.json("DELETE", path, { signal, ...(query === undefined ? {} : { query }) });
    return null;
  } catch (error) {
    if (isRefused(error)) return error.said;
    throw error;
  }
};

/** Removes exactly these objects, by id, kind by kind. A refusal proves nothing: the next listing shows what is left. */
export const removeOnce = async (
  engine: Engine,
  objects: readonly OwnableObject[],
  signal: AbortSignal,
  refusals: Refusals = new Map(),
): Promise<void> => {
  for (const { kind, path, query } of removals) {
    const ids = objects.filter((object) => object.kind === kind).map(({ id }) => id);
    await Promise.all(
      ids.map(async (id) => {
        const said = await retryUntilAborted(() => remove(engine, path(id), query, signal), signal);
        if (said === null) refusals.delete(id);
        else refusals.set(id, said);
      }),
    );
  }
};
