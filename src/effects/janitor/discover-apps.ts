import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fromPromise } from "xstate";
import type { JanitorPorts } from "../../machines/janitor/janitor.ports.js";
import { asRunApp, stackFor } from "../../machines/names.js";
import type { Candidate } from "../../machines/reap/reap.types.js";
import type { Abra } from "../abra/abra.js";
import { listedApps } from "../abra/list-apps.js";
import type { Docker } from "../docker/docker.js";
import { listObjects } from "../docker/list-objects.js";
import { runAppsOf } from "../docker/objects-of-app.js";
import { appOfLockFile } from "../lock/lock-file.js";

export interface DiscoverSettings {
  readonly docker: Docker;
  readonly abra: Abra;
  readonly zone: string;
  readonly serversDir: string;
  readonly lockDir: string;
  readonly note: (line: string) => void;
}

const namesIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder);
  } catch {
    return []; // No such folder: no such apps.
  }
};

/** The apps that some server's folder has an .env of. */
const envApps = (serversDir: string): readonly string[] =>
  namesIn(serversDir).flatMap((server) =>
    namesIn(join(serversDir, server)).flatMap((name) => (name.endsWith(".env") ? [name.slice(0, -".env".length)] : [])),
  );

/** The apps that there is a lock file of. */
export const lockedApps = (lockDir: string): readonly string[] => namesIn(lockDir).flatMap((name) => appOfLockFile(name) ?? []);

/**
 * Every run app that anything on the host mentions, and where. Names of any other form are not even candidates.
 *
 * A lock file alone is no candidate: the sweep deals with it. abra that cannot list is a note, since its .env files are
 * read directly; a docker that cannot list rejects.
 */
export const findApps = async (settings: DiscoverSettings, signal: AbortSignal): Promise<readonly Candidate[]> => {
  const { docker, abra, zone, serversDir, note } = settings;
  const [objects, listed] = await Promise.all([
    listObjects(docker, signal),
    listedApps(abra, signal).catch((error: unknown) => {
      note(`abra app ls: ${String(error)}`);
      return [];
    }),
  ]);
  const seen = new Map<string, Set<string>>();
  const add = (name: string, as: string): void => {
    if (asRunApp(name, zone) === null) return;
    seen.set(name, (seen.get(name) ?? new Set()).add(as));
  };
  for (const [domain, kinds] of runAppsOf(objects, zone)) for (const kind of kinds) add(domain, kind);
  for (const name of listed) add(name, "abra");
  for (const name of envApps(serversDir)) add(name, "env");
  for (const name of lockedApps(settings.lockDir)) if (seen.has(name)) add(name, "lock file");
  return [...seen].flatMap(([name, kinds]) => {
    const domain = asRunApp(name, zone);
    return domain === null ? [] : [{ domain, stack: stackFor(domain), seenAs: [...kinds].sort() }];
  });
};

export const discoverApps = (settings: DiscoverSettings): JanitorPorts["discoverApps"] =>
  fromPromise(async ({ input: { except }, signal }) => ({
    candidates: (await findApps(settings, signal)).filter(({ domain }) => domain !== except),
  }));

