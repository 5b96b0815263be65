import { posix } from "node:path";
import type { App } from "../../../machines/vocabulary.js";
import type { Engine } from "../../docker/engine.js";
import { servicesOf } from "../reach.js";

/** What the labels of all a recipe's services together say about its backup. */
interface BackupLabels {
  /** The folders and files of a volume that are backed up, each once, by the volume's name in the compose file. Empty: none. */
  readonly pathsOf: (volume: string) => readonly string[];
}

const prefix = "backupbot.backup.volumes.";

/** The path within its volume; none if it leads out of the volume. */
const normal = (path: string): readonly string[] => {
  const within = posix.normalize(posix.join(".", path.trim())).replace(/(?<=.)\/$/, "");
  return path.trim() === "" || within === ".." || within.startsWith("../") ? [] : [within];
};

/** Reads the labels `backupbot.backup.volumes.NAME` and `….NAME.path`. */
export const readBackupLabels = (labels: readonly Readonly<Record<string, string>>[]): BackupLabels => {
  const all = new Map(labels.flatMap((of) => Object.entries(of)));
  return {
    pathsOf: (volume) => {
      if (all.get(`${prefix}${volume}`)?.trim().toLowerCase() === "false") return [];
      const paths = all.get(`${prefix}${volume}.path`);
      return paths === undefined ? ["."] : [...new Set(paths.split(",").flatMap(normal))];
    },
  };
};

export const backupLabelsOf = async (engine: Engine, app: App, signal: AbortSignal): Promise<BackupLabels> =>
  readBackupLabels((await servicesOf(engine, app, signal)).map(({ Spec: { Labels } }) => Labels ?? {}));
