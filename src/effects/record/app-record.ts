import { mkdirSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import * as v from "valibot";
import type { Domain } from "../../machines/vocabulary.js";
import { readRegular } from "../files/regular-file.js";
import { replaceFile } from "./atomic-file.js";
import { bestEffort } from "./best-effort.js";
import { readPointer, removePointer, replacePointer } from "./pointer.js";

const schema = v.object({
  last: v.nullable(
    v.object({
      runId: v.nullable(v.string()),
      /** null: the run was killed before it had one. */
      verdict: v.nullable(v.string()),
      cleanliness: v.nullable(v.string()),
      /** The phase it was in at its end. */
      phase: v.nullable(v.string()),
      at: v.string(),
    }),
  ),
  failedReaps: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1_000_000)),
  nextTry: v.nullable(v.string()),
});

/** What is kept of an app beyond runs and reboots. Written only under the app's lock. */
export interface AppRecord extends v.InferOutput<typeof schema> {
  /** The run whose ledger lists what is the app's: set before its first act, cleared when the app is verified to be gone. */
  readonly ledger: string | null;
}

export const blankAppRecord: AppRecord = { last: null, failedReaps: 0, nextTry: null, ledger: null };

const bytesMax = 64 * 1024;

const folderOf = (runsDir: string): string => join(runsDir, "apps");

const fileOf = (runsDir: string, domain: Domain): string => join(folderOf(runsDir), `${domain}.json`);

/** Ending of a link to the run's folder: a listing of links shows which apps have an open ledger, however many have a record. */
const ledgerEnding = ".ledger";

const pointerOf = (runsDir: string, domain: Domain): string => join(folderOf(runsDir), `${domain}${ledgerEnding}`);

/** The apps with an open ledger: a dead run may have left something of theirs that does not carry their name. Reads no record. */
export const appsWithLedger = (runsDir: string): readonly string[] =>
  (bestEffort(() => readdirSync(folderOf(runsDir))) ?? []).flatMap((name) =>
    name.endsWith(ledgerEnding) ? [name.slice(0, -ledgerEnding.length)] : [],
  );

/** The run whose ledger is the app's; null if none. */
export const ledgerOf = (runsDir: string, domain: Domain): string | null => readPointer(pointerOf(runsDir, domain));

/** The app's record; a blank one if there is none that can be read. */
export const readAppRecord = (runsDir: string, domain: Domain): AppRecord => {
  const parsed = bestEffort(() => v.safeParse(schema, JSON.parse(readRegular(fileOf(runsDir, domain), bytesMax).toString("utf8"))));
  return { ...(parsed?.success === true ? parsed.output : blankAppRecord), ledger: readPointer(pointerOf(runsDir, domain)) };
};

/**
 * Only for the holder of the app's lock. If the disk refuses, goes on. After a kill in between, a pointer may lead to a
 * closed ledger, but an open ledger never lacks its pointer.
 */
export const writeAppRecord = (runsDir: string, domain: Domain, { ledger, ...record }: AppRecord): void => {
  const [file, pointer] = [fileOf(runsDir, domain), pointerOf(runsDir, domain)];
  bestEffort(() => mkdirSync(dirname(file), { recursive: true, mode: 0o700 }));
  if (ledger !== null && ledger !== readPointer(pointer)) bestEffort(() => replacePointer(pointer, ledger));
  bestEffort(() => replaceFile(file, `${JSON.stringify(record, null, 2)}\n`));
  if (ledger === null) bestEffort(() => removePointer(pointer));
};

const minuteMs = 60_000;
const pauseMaxMs = 6 * 60 * minuteMs;

/**
 * Whether a reap must wait. A time further ahead than our longest pause is ignored: we did not write it, or the clock
 * was wrong when we did.
 */
export const isPostponed = ({ nextTry }: AppRecord, now: number): boolean => {
  const waitMs = nextTry === null ? 0 : Date.parse(nextTry) - now;
  return waitMs > 0 && waitMs <= pauseMaxMs;
};

/** The record after a failed reap. The pause doubles each time, from a minute up to six hours; reaping is never given up. */
export const afterFailedReap = (record: AppRecord, now: Date): AppRecord => {
  const failedReaps = record.failedReaps + 1;
  const pause = Math.min(minuteMs * 2 ** (failedReaps - 1), pauseMaxMs);
  return { ...record, failedReaps, nextTry: new Date(now.getTime() + pause).toISOString() };
};
