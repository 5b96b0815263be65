import type { OwnableObject } from "../../machines/ledger/ledger.js";
import type { TeardownTarget } from "../../machines/teardown/teardown.types.js";
import { envFilesOf } from "../abra/env-files.js";
import { listObjects } from "../docker/list-objects.js";
import type { Engine } from "../docker/engine.js";

/** The app's .env files as objects: they say by their very name whose they are. */
export const envObjects = (serversDir: string, { domain, stack }: TeardownTarget): readonly OwnableObject[] =>
  envFilesOf(serversDir, domain).map((file) => ({ kind: "env", id: file, name: file, stackLabel: stack, uses: [] }));

/** What a look around has listed, for whoever only wants to say what it would do. */
export interface LastSeen {
  objects: readonly OwnableObject[] | null;
}

/** Everything of the engine's, and the app's .env files. Rejects when anything of it cannot be listed. */
export const takeInventory = async (engine: Engine, serversDir: string, target: TeardownTarget, signal?: AbortSignal): Promise<readonly OwnableObject[]> => [
  ...(await listObjects(engine, signal)),
  ...envObjects(serversDir, target),
];
