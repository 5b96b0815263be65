import { lstatSync, readdirSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { messageOf, RunError } from "../../machines/errors.js";
import { codeOf } from "../files/error-code.js";

const unreadable = (serversDir: string, cause: unknown): RunError =>
  new RunError("servers-unreadable", `nobody can say which apps have an .env below ${serversDir}: ${messageOf(cause)}`, {
    hint: "The servers folder of ABRA_DIR and the folders in it must be readable for this user.",
    cause,
  });

/** Whether anything exists at that path, even a broken link. */
const isThere = (file: string): boolean => {
  try {
    lstatSync(file);
    return true;
  } catch (error) {
    // A file beside the servers' folders is not a server.
    if (["ENOENT", "ENOTDIR"].includes(codeOf(error))) return false;
    throw error;
  }
};

/**
 * The .env files of an app. Every server's folder may contain one: CCCI_SERVER may have changed since it was written. Paths
 * are those of the real folder, which a run reaches through a link of its own.
 *
 * Empty if there are no servers. Throws `servers-unreadable`, exit code 69: a folder that cannot be read may still have one.
 */
export const envFilesOf = (serversDir: string, domain: string): readonly string[] => {
  try {
    const real = realpathSync(serversDir);
    return readdirSync(real)
      .map((server) => join(real, server, `${domain}.env`))
      .filter(isThere);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return [];
    throw unreadable(serversDir, error);
  }
};
