import type { Domain } from "../../src/machines/vocabulary.js";
import { bundleFixture } from "./bundle.js";
import { start, until, type Started } from "./processes.js";

/** A line of the holder's output: one event of the lock. */
export interface Said {
  readonly type: string;
  readonly at: number;
  readonly card?: { readonly runId: string | null };
  readonly previous?: { readonly runId: string | null } | null;
  readonly failure?: { readonly code: string; readonly exitCode: number };
}

/** A process that waits for an app's lock as a run does, and holds it from then on. */
export interface Holder extends Omit<Started, "says"> {
  readonly said: () => readonly Said[];
  readonly says: (type: string) => Promise<Said>;
}

export const lockedApp = "note-abc123.test.example" as Domain;
let program = "";

/** Bundles the holder program. To be called once before `hold`. */
export const makeHolder = async (): Promise<void> => {
  program = await bundleFixture("tests/support/fixtures/lock-holder.ts");
};

export const hold = (dir: string, runId: string, env: NodeJS.ProcessEnv = {}, apps: readonly string[] = [lockedApp]): Holder => {
  const [own = lockedApp, ...others] = apps;
  const started = start(process.execPath, [program, dir, own, runId, ...others], { env: { ...process.env, ...env } });
  const said = (): readonly Said[] =>
    started
      .stdout()
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Said);
  return {
    ...started,
    said,
    says: async (type) => {
      await until(
        () => `${runId} says ${type}: ${started.stdout()}${started.stderr()}`,
        () => said().some((event) => event.type === type),
      );
      return said().find((event) => event.type === type) as Said;
    },
  };
};

/** Starts one process that holds the lock and a second one that waits for it. */
export const holdAndWait = async (
  dir: string,
  waits: NodeJS.ProcessEnv = {},
  holds: NodeJS.ProcessEnv = {},
): Promise<{ readonly first: Holder; readonly second: Holder }> => {
  const first = hold(dir, "first", holds);
  await first.says("lock.held");
  const second = hold(dir, "second", waits);
  await second.says("lock.busy");
  return { first, second };
};

/** Sends SIGKILL to each and waits for their end. */
export const end = async (...holders: readonly Pick<Started, "kill" | "ended">[]): Promise<void> => {
  for (const { kill } of holders) kill("SIGKILL");
  await Promise.all(holders.map(({ ended }) => ended));
};
