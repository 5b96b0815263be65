import { pruneRuns } from "../../effects/record/prune-runs.js";
import { parseAge } from "../../machines/duration.js";
import type { ExitCode } from "../../machines/vocabulary.js";
import type { Io } from "../io.js";
import { options, type Flags } from "../options.js";
import type { Env } from "../settings/ci.js";
import { badSetting } from "../settings/bad-setting.js";
import { countOf, setting, type Given } from "../settings/given.js";
import type { HostSettings } from "../settings/host.js";

interface PruneAsked {
  readonly keepNewest: number;
  readonly olderThanMs: number;
  readonly dryRun: boolean;
  readonly json: boolean;
}

const ageOf = (asked: Given | null): number => {
  if (asked === null) return Number.NEGATIVE_INFINITY;
  const ms = parseAge(asked.value);
  if (ms === null) throw badSetting(asked.name, asked.value, "is not an age like 90m, 36h or 14d", "Try: recipe-ci prune --help");
  return ms;
};

/** What to keep, from the command line and the environment. Throws `bad-setting`, exit code 2. */
export const pruneSettings = (flags: Flags, env: Env): PruneAsked => ({
  keepNewest: countOf(setting(flags, env, "keepNewest") ?? { name: options.keepNewest.flag, value: options.keepNewest.otherwise }),
  olderThanMs: ageOf(setting(flags, env, "olderThan")),
  dryRun: flags.dryRun === true,
  json: flags.json === true,
});

/** Removes the folders of runs that are over. 0, or 3 if some could not be removed. */
export const prune = async (
  { runsDir }: HostSettings,
  { keepNewest, olderThanMs, dryRun, json }: PruneAsked,
  io: Io,
): Promise<ExitCode> => {
  const { removed, kept, failed } = pruneRuns({ runsDir, keepNewest, olderThanMs, dryRun, now: Date.now() });
  if (json) io.out(JSON.stringify({ dryRun, removed, kept, failed }, null, 2));
  else {
    for (const { runId, why } of kept) io.out(`${runId}: kept, ${why}`);
    for (const { runId, why } of failed) io.err(`${runId}: could not be removed: ${why}`);
    io.out(`${removed.length} ${removed.length === 1 ? "run" : "runs"} ${dryRun ? "would be " : ""}removed from ${runsDir}`);
  }
  return failed.length === 0 ? 0 : 3;
};
