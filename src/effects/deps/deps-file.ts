import { join } from "node:path";
import type { UpDep } from "../../machines/deps/deps.types.js";
import type { App, Domain } from "../../machines/vocabulary.js";
import { settingsIn } from "../abra/env-file.js";
import { readEnvFile } from "../abra/own-env.js";
import { replaceFile } from "../record/atomic-file.js";
import { bestEffort } from "../record/best-effort.js";
import { removeFile } from "../files/remove.js";

/** What hooks and tests are told about one dep. */
interface HandedOver {
  readonly domain: string;
  /** Where it answers. */
  readonly url: string;
  /** The settings of its .env, as abra reads them. */
  readonly env: Readonly<Record<string, string>>;
  /** The values that abra generated, by the secrets' names. */
  readonly secrets: Readonly<Record<string, string>>;
}

const depsFileIn = (runDir: string): string => join(runDir, "deps.json");

interface DepsFileSettings {
  readonly runDir: string;
  /** The folder in which abra keeps the apps' .env files. */
  readonly serverDir: string;
}

/**
 * The credentials of a run's deps for the app's hooks and tests: JSON, by recipe, in a file that only its owner may read. It
 * exists from when the deps are up until the end of the run. A killed run leaves it behind; the next recovery removes the
 * apps that it opens, and the file goes with the run's folder.
 */
export class DepsFile {
  readonly path: string;
  readonly #serverDir: string;
  readonly #secrets = new Map<Domain, Readonly<Record<string, string>>>();
  #isWritten = false;

  constructor({ runDir, serverDir }: DepsFileSettings) {
    this.path = depsFileIn(runDir);
    this.#serverDir = serverDir;
  }

  /** The variables that name the file to tests and hooks; none before it is written. */
  environment(): Readonly<Record<string, string>> {
    return this.#isWritten ? { CCCI_DEPS_FILE: this.path } : {};
  }

  /** Kept in memory until the file is written. */
  learn({ domain }: App, secrets: Readonly<Record<string, string>>): void {
    this.#secrets.set(domain, { ...this.#secrets.get(domain), ...secrets });
  }

  /** Throws if the disk refuses. */
  write(ups: readonly UpDep[]): void {
    const entries = ups.map(({ app, url }): [string, HandedOver] => {
      const file = join(this.#serverDir, `${app.domain}.env`);
      return [
        app.recipe,
        { domain: app.domain, url, env: settingsIn(readEnvFile(file) ?? "", file), secrets: this.#secrets.get(app.domain) ?? {} },
      ];
    });
    replaceFile(this.path, `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`);
    this.#isWritten = true;
  }
}

/** Removes the file when the apps that it opens are gone. Does nothing if there is none. */
export const removeDepsFile = (runDir: string): void => void bestEffort(() => removeFile(depsFileIn(runDir)));
