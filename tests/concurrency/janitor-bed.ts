import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach } from "vitest";
import type { JanitorOutput } from "../../src/machines/janitor/janitor.types.js";
import { Sandbox } from "../support/sandbox-run.js";

export const orphan = "echo-00000a.sandbox.localhost";

export const outcomes = ({ reaps }: JanitorOutput): readonly string[] =>
  reaps.map(({ candidate, outcome }) => `${candidate.domain} ${outcome.kind}`);

/** A sandbox in which a janitor runs, and the leftovers that a test puts there. */
export class JanitorBed {
  readonly sandbox = new Sandbox();
  readonly locks = join(this.sandbox.root, "locks");

  lockOf(domain: string): string {
    return join(this.locks, `cc-ci-app-${domain}.lock`);
  }

  /** Makes an orphan of which only a run's .env file is left: the cheapest kind to make and to reap. */
  leaveEnv(domain: string, sign = "# recipe-ci run 41\n"): void {
    const servers = join(this.sandbox.root, "abra", "servers", "default");
    mkdirSync(servers, { recursive: true });
    writeFileSync(join(servers, `${domain}.env`), `${sign}TYPE=echo\nDOMAIN=x\n`);
  }

  faults(...list: readonly object[]): void {
    writeFileSync(join(this.sandbox.root, "faults.json"), JSON.stringify(list));
  }

  async janitor(...more: readonly string[]): Promise<JanitorOutput & { readonly code: number | null }> {
    const { code, stdout } = await this.sandbox.run(["janitor", "--sandbox", "--json", ...more]);
    return { ...(JSON.parse(stdout) as JanitorOutput), code };
  }
}

/** Makes a new bed for each test of the file, and returns a function that gives the current one. */
export const bedForEach = (): (() => JanitorBed) => {
  let bed: JanitorBed;
  beforeEach(() => {
    bed = new JanitorBed();
  });
  afterEach(() => bed.sandbox.close());
  return () => bed;
};
