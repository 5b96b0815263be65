import { closeSync, constants, fstatSync, openSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { RunError } from "../../machines/errors.js";
import type { App } from "../../machines/vocabulary.js";
import { codeOf } from "../files/error-code.js";
import { assertSealed } from "./identity.js";

/** No .env that a person wrote is nearly as large. */
const bytesMax = 64 * 1024;

const isMissing = (error: unknown): boolean => ["ENOENT", "ENOTDIR"].includes(codeOf(error));

const unusable = (file: string, why: string): RunError =>
  new RunError("env-unusable", `${file} ${why}`, {
    hint: "An app's .env is a plain file that abra or a run wrote. Look at it, and move it away if it is nobody's.",
  });

/**
 * The text of an .env, or null if there is none. Refuses a link, a FIFO, a device or a file that is too large, and never reads such a file
 * to the end.
 */
export const readEnvFile = (file: string): string | null => {
  let fd: number;
  try {
    fd = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (isMissing(error)) return null;
    throw unusable(file, "is a link or cannot be opened");
  }
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) throw unusable(file, "is not a regular file");
    if (stat.size > bytesMax) throw unusable(file, `is larger than ${bytesMax / 1024} KiB`);
    return readFileSync(fd, "utf8");
  } finally {
    closeSync(fd);
  }
};

const serversIn = (serversDir: string): readonly string[] => {
  try {
    return readdirSync(serversDir);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
};

interface OwnEnvSettings {
  readonly serversDir: string;
  /** The one server that runs deploy to. */
  readonly server: string;
}

export type AssertOwnEnv = (app: Pick<App, "domain" | "stack">) => void;

/**
 * Checks that what abra would take for the app of this name is our app. It is called right before each verb that changes
 * something, because whoever may write to the servers' folders could have changed it since. abra finds an app by its file's
 * name on any server, so all servers are checked. If there is no .env at all, there is no other app.
 *
 * Throws `identity-not-ours`, `env-unusable` or `env-unreadable`; abra is then not called.
 */
export const assertOwnEnv =
  ({ serversDir, server }: OwnEnvSettings): AssertOwnEnv =>
  (app) => {
    for (const name of serversIn(serversDir)) {
      const file = join(serversDir, name, `${app.domain}.env`);
      const env = readEnvFile(file);
      if (env === null) continue;
      if (name !== server) {
        throw new RunError("identity-not-ours", `${file} makes ${app.domain} an app of the server ${name} as well`, {
          hint: `Runs deploy to ${server}: abra was not called. Move the file away.`,
        });
      }
      assertSealed(app, env, file);
    }
  };
