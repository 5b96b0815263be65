import { readFileSync } from "node:fs";
import { join } from "node:path";
import { bundleFixture } from "../../support/bundle.js";
import type { Listened } from "../../support/children.js";
import { start, temporaryFolder, until, type Started } from "../../support/processes.js";

export interface RunInSmall extends Started {
  /** What it heard and did so far, in order; without what it says of itself at its start. */
  readonly heard: () => readonly string[];
  readonly hears: (line: string, limitMs?: number) => Promise<void>;
}

const about = /^(pid|args|stdin|fd3|session|ignored|ready)\b/;

export const linesOf = (record: string): readonly string[] => {
  try {
    return readFileSync(record, "utf8").split("\n").slice(0, -1);
  } catch {
    return []; // Not begun yet.
  }
};

/** Starts the fixture that listens for stops, without a launcher unless the environment names one. */
export const runInSmall = async (env: Record<string, string> = {}, options: Listened = {}): Promise<RunInSmall> => {
  const record = join(temporaryFolder(), "record");
  const program = await bundleFixture("tests/support/fixtures/child-stops.ts");
  const base = { PATH: process.env["PATH"] ?? "", RECORD: record };
  const started = start(process.execPath, [program], { ...options, env: { ...base, ...env } });
  const heard = () => linesOf(record).filter((line) => !about.test(line));
  const run: RunInSmall = {
    ...started,
    heard,
    hears: (line, limitMs) =>
      until(
        () => `${line}; heard ${heard().join(", ")}`,
        () => heard().includes(line),
        limitMs,
      ),
  };
  await until("the run is ready", () => linesOf(record).some((line) => line === "ready" || line === "refused"));
  return run;
};
