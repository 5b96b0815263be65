import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect } from "vitest";
import type { AppState } from "../../src/effects/status/app-states.js";
import { startSilent, type Child } from "../support/children.js";
import { isHeld } from "../support/locks.js";
import { until } from "../support/processes.js";
import { Sandbox } from "../support/sandbox-run.js";

export const app = "echo-00000a.sandbox.localhost";

/** A sandbox for tests of `status`, with programs other than recipe-ci that hold the apps' locks. */
export class StatusBed {
  readonly sandbox = new Sandbox();
  readonly #holders: Child[] = [];
  readonly #locks = join(this.sandbox.root, "locks");
  readonly #lock = join(this.#locks, `cc-ci-app-${app}.lock`);

  async status(): Promise<readonly AppState[]> {
    const { code, stdout } = await this.sandbox.run(["status", "--sandbox", "--json"]);
    expect(code).toBe(0);
    return (JSON.parse(stdout) as { readonly apps: readonly AppState[] }).apps;
  }

  leaveEnv(): void {
    const servers = join(this.sandbox.root, "abra", "servers", "default");
    mkdirSync(servers, { recursive: true });
    writeFileSync(join(servers, `${app}.env`), "TYPE=echo\n");
  }

  async hold(file: string, args: (lock: string) => readonly string[]): Promise<Child> {
    mkdirSync(this.#locks, { recursive: true });
    writeFileSync(this.#lock, JSON.stringify({ runId: "long-gone", pid: 2 ** 22 - 1, runDir: null, link: null, since: null }));
    const holder = startSilent(file, args(this.#lock));
    this.#holders.push(holder);
    await until("the lock is held", () => isHeld(this.#lock));
    return holder;
  }

  /** Other programs write no card into the lock file and leave an earlier holder's card there: `status` must not report that one. */
  async expectHolderNamed(file: string, args: (lock: string) => readonly string[]): Promise<void> {
    const holder = await this.hold(file, args);
    expect(await this.status()).toMatchObject([
      { domain: app, state: "held", holder: { pid: holder.pid, stopped: false, runId: null, state: null }, waiters: [] },
    ]);
    this.leaveEnv();
    expect((await this.sandbox.run(["janitor", "--sandbox"])).stdout).toContain("its lock is held by a live process");
  }

  async close(): Promise<void> {
    for (const holder of this.#holders) await holder.end();
    await this.sandbox.close();
  }
}

/** Makes a new bed for each test of the file, and returns a function that gives the current one. */
export const bedForEach = (): (() => StatusBed) => {
  let bed: StatusBed;
  beforeEach(() => {
    bed = new StatusBed();
  });
  afterEach(() => bed.close());
  return () => bed;
};
