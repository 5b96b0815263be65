import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach } from "vitest";
import type { JanitorOutput } from "../../src/machines/janitor/janitor.types.js";
import { Sandbox } from "../support/sandbox-run.js";

export const orphan = "echo-00000a.sandbox.localhost";

export const outcomes = ({ reaps }: JanitorOutput): readonly string[] =>
  reaps.map(({ candidate, outcome }) => `${candidate.domain} ${outcome.kind}`);

/** A sandbox for a janitor, with what it may find there. */
export class JanitorBed {
  readonly sandbox = new Sandbox();
  readonly locks = join(this.sandbox.root, "locks");

  lockOf(domain: string): string {
    return join(this.locks, `cc-ci-app-${domain}.lock`);
  }

  /** An app of which nothing but the .env of a run is left: the cheapest orphan there is. */
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

/** A bed for each test of a file. */
export const bedForEach = (): (() => JanitorBed) => {
  let bed: JanitorBed;
  beforeEach(() => {
    bed = new JanitorBed();
  });
  afterEach(() => bed.sandbox.close());
  return () => bed;
};
