import { readdirSync, realpathSync } from "node:fs";
import { join } from "node:path";

/**
 * Where a server's .env files of an app may be. Every server's folder may hold one: CCCI_SERVER may have changed since it
 * was written. By the real folder: a run reaches it by a link of its own.
 */
export const envFilesOf = (serversDir: string, domain: string): readonly string[] => {
  try {
    const real = realpathSync(serversDir);
    return readdirSync(real).map((server) => join(real, server, `${domain}.env`));
  } catch {
    return []; // No servers, no .env files.
  }
};
