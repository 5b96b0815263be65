import type { OwnableObject } from "../../machines/ledger/ledger.js";
import type { TeardownTarget } from "../../machines/teardown/teardown.types.js";
import { envFilesOf } from "../abra/env-files.js";
import { listObjects } from "../docker/list-objects.js";
import type { Engine } from "../docker/engine.js";

/** The app's .env files as objects: their names say whose they are. */
export const envObjects = (serversDir: string, { domain, stack }: TeardownTarget): readonly OwnableObject[] =>
  envFilesOf(serversDir, domain).map((file) => ({ kind: "env", id: file, name: file, stackLabel: stack, uses: [] }));

/** What was listed last, for a dry run that only says what it would do. */
export interface LastSeen {
  objects: readonly OwnableObject[] | null;
}

/** Everything that the engine has, and the app's .env files. Rejects if any of it cannot be listed. */
export const takeInventory = async (
  engine: Engine,
  serversDir: string,
  target: TeardownTarget,
  signal?: AbortSignal,
): Promise<readonly OwnableObject[]> => [...(await listObjects(engine, signal)), ...envObjects(serversDir, target)];
