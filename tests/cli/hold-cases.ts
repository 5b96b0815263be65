import { join } from "node:path";
import { text } from "node:stream/consumers";
import { readRun } from "../../src/effects/record/read-runs.js";
import { startTalking } from "../support/children.js";
import { until } from "../support/processes.js";
import type { Sandbox } from "../support/sandbox-run.js";

const program = join(import.meta.dirname, "..", "..", "bin", "recipe-ci");

/** A run at a terminal of its own: script(1) has one, and types what it reads. */
export const atTerminal = (sandbox: Sandbox, args: string) => {
  const env = sandbox.env({ NO_COLOR: "1", TERM: "xterm", SHELL: "/bin/sh" });
  const { stdin, stdout, ended } = startTalking(
    "script",
    ["-qec", `exec ${program} run notes --sandbox --stages install ${args}`, "/dev/null"],
    { env },
  );
  return { stdin, ended, screen: text(stdout) };
};

const waiting = "holding.running.hold.waiting";

export const recordOf = (sandbox: Sandbox, runId: string): ReturnType<typeof readRun> => readRun(join(sandbox.root, "runs", runId));

export const held = (sandbox: Sandbox, runId: string): Promise<unknown> =>
  until(`${runId} is held`, () => recordOf(sandbox, runId)?.state === waiting, 30_000);
