import { lstatSync, readdirSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { messageOf, RunError } from "../../machines/errors.js";
import { codeOf } from "../files/error-code.js";

const unreadable = (serversDir: string, cause: unknown): RunError =>
  new RunError("servers-unreadable", `nobody can say which apps have an .env below ${serversDir}: ${messageOf(cause)}`, {
    hint: "The servers folder of ABRA_DIR and the folders in it must be readable for this user.",
    cause,
  });

/** Whatever it is: a link to nothing as well. */
const isThere = (file: string): boolean => {
  try {
    lstatSync(file);
    return true;
  } catch (error) {
    // What lies beside the servers' folders is none.
    if (["ENOENT", "ENOTDIR"].includes(codeOf(error))) return false;
    throw error;
  }
};

/**
 * The .env files that an app has. Every server's folder may hold one: CCCI_SERVER may have changed since it was written. By the
 * real folder: a run reaches it by a link of its own.
 *
 * None where there are no servers. Throws `servers-unreadable`, exit code 69: what cannot be looked at is not gone.
 */
export const envFilesOf = (serversDir: string, domain: string): readonly string[] => {
  try {
    const real = realpathSync(serversDir);
    return readdirSync(real).map((server) => join(real, server, `${domain}.env`)).filter(isThere);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return [];
    throw unreadable(serversDir, error);
  }
};
