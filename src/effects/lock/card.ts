import { existsSync, fstatSync, ftruncateSync, futimesSync, readSync, writeSync } from "node:fs";
import * as v from "valibot";
import type { LockCard } from "../../machines/vocabulary.js";

const textMax = 1_024;

/** Whether a card's text is accepted: anybody on the host may have written the file, and people read it on their terminals. */
export const isCardText = (said: string): boolean => said.length <= textMax && /^\P{Cc}*$/u.test(said);

const text = v.fallback(v.optional(v.nullable(v.pipe(v.string(), v.check(isCardText))), null), null);

const schema = v.object({
  runId: text,
  pid: v.fallback(v.optional(v.nullable(v.pipe(v.number(), v.safeInteger(), v.minValue(1))), null), null),
  runDir: text,
  link: text,
  since: text,
});

/** The card of a holder that wrote none, such as the Python harness or flock(1). */
export const blankCard: LockCard = { runId: null, pid: null, runDir: null, link: null, since: null };

/** The card in a lock file's text; null if the text is empty or not a card. */
export const parseCard = (content: string): LockCard | null => {
  if (content.trim() === "") return null;
  try {
    const parsed = v.safeParse(schema, JSON.parse(content));
    return parsed.success ? parsed.output : null;
  } catch {
    return null; // A holder may be writing it right now, or something else wrote there.
  }
};

/** Our cards have about 300 bytes. */
export const cardBytesMax = 4_096;

const cardIn = (fd: number): LockCard | null => {
  const buffer = Buffer.alloc(cardBytesMax);
  return parseCard(buffer.toString("utf8", 0, readSync(fd, buffer, 0, cardBytesMax, 0)));
};

/** Whether only root and this user can have written the file. */
const isOurs = (fd: number): boolean => {
  const { uid, mode } = fstatSync(fd);
  return (uid === 0 || uid === process.geteuid?.()) && (mode & 0o002) === 0;
};

/**
 * The card of the last holder, to act on; null if another user owns the file or may write to it. In a folder like /run/lock
 * anybody can create one, and with a forged card an app that no run made would be taken for a run's.
 */
export const readCard = (fd: number): LockCard | null => (isOurs(fd) ? cardIn(fd) : null);

/**
 * The card of the lock's present holder, for people. If the card's writer is dead, an earlier holder left it, because neither
 * other programs nor a reap write one. Null then.
 */
export const readHolderCard = (fd: number): LockCard | null => {
  const card = cardIn(fd);
  return card !== null && card.pid !== null && existsSync(`/proc/${card.pid}`) ? card : null;
};

/** Writes the holder's card in place. Call it only under the exclusive lock. Never throws, because the kernel's lock is what counts. */
export const writeCard = (fd: number, card: LockCard): void => {
  try {
    const line = `${JSON.stringify(card)}\n`;
    ftruncateSync(fd, 0);
    writeSync(fd, line, 0);
    const now = new Date();
    futimesSync(fd, now, now);
  } catch {
    // A full disk must not keep a run from a lock that it has.
  }
};
