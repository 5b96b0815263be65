import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import * as v from "valibot";
import type { Domain } from "../../machines/vocabulary.js";
import { readRegular } from "../files/regular-file.js";
import { replaceFile } from "./atomic-file.js";
import { bestEffort } from "./best-effort.js";

const schema = v.object({
  last: v.nullable(
    v.object({
      runId: v.nullable(v.string()),
      /** null: the run was killed and never said. */
      verdict: v.nullable(v.string()),
      cleanliness: v.nullable(v.string()),
      /** The phase it was in at its end. */
      phase: v.nullable(v.string()),
      at: v.string(),
    }),
  ),
  failedReaps: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1_000_000)),
  nextTry: v.nullable(v.string()),
  /** The run whose ledger says what is the app's, from before its first act until the app is verified to be gone. */
  ledger: v.optional(v.nullable(v.string()), null),
});

/** What outlives runs and reboots. Written only under the app's lock. */
export type AppRecord = v.InferOutput<typeof schema>;

export const blankAppRecord: AppRecord = { last: null, failedReaps: 0, nextTry: null, ledger: null };

const bytesMax = 64 * 1024;

const fileOf = (runsDir: string, domain: Domain): string => join(runsDir, "apps", `${domain}.json`);

/** The app's record; a blank one where there is none, or none that can be read. */
export const readAppRecord = (runsDir: string, domain: Domain): AppRecord => {
  const parsed = bestEffort(() => v.safeParse(schema, JSON.parse(readRegular(fileOf(runsDir, domain), bytesMax).toString("utf8"))));
  return parsed?.success === true ? parsed.output : blankAppRecord;
};

/** Only for who holds the app's lock. A disk that refuses stops nothing. */
export const writeAppRecord = (runsDir: string, domain: Domain, record: AppRecord): void => {
  bestEffort(() => {
    const file = fileOf(runsDir, domain);
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    replaceFile(file, `${JSON.stringify(record, null, 2)}\n`);
  });
};

const minuteMs = 60_000;
const pauseMaxMs = 6 * 60 * minuteMs;

/**
 * Whether a reap is to wait. A time that lies further ahead than any pause we make is not ours, or the clock was wrong when
 * it was written: it is not believed.
 */
export const isPostponed = ({ nextTry }: AppRecord, now: number): boolean => {
  const waitMs = nextTry === null ? 0 : Date.parse(nextTry) - now;
  return waitMs > 0 && waitMs <= pauseMaxMs;
};

/** After a failed reap: twice the pause each time, from a minute up to six hours. It is never given up. */
export const afterFailedReap = (record: AppRecord, now: Date): AppRecord => {
  const failedReaps = record.failedReaps + 1;
  const pause = Math.min(minuteMs * 2 ** (failedReaps - 1), pauseMaxMs);
  return { ...record, failedReaps, nextTry: new Date(now.getTime() + pause).toISOString() };
};
