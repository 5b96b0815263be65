/**
 * The one place where abra's words are matched, each with how far they are evidenced (docs/abra.md has the marks).
 * abra's texts go through a translation catalogue; children run in the C locale, so these are English.
 */

/** FATA is on stdout, with rc 1: seen by a working CI on 0.13.0-beta. Colour codes may precede it. */
// oxlint-disable-next-line no-control-regex -- the escape character is what begins a colour code
const fatal = /^(?:\u001B\[[\d;]*m)*FATA(?:\u001B\[[\d;]*m)*\s+(.*)/gm;

/** More than abra says of anything; a recipe's own hook may be quoted in it, and what is matched below is matched in this. */
const fatalChars = 2_000;

/** abra's last word when it gave up, or null. What stands before it may be a hook's of the recipe, which abra passes on. */
export const fatalIn = (output: string): string | null => [...output.matchAll(fatal)].at(-1)?.[1]?.trim().slice(0, fatalChars) ?? null;

/** Nothing is deployed: undeploy's refusal. Background knowledge, not seen. */
const notDeployed = [/not deployed/i];

/** The app's .env is gone or never was. Background knowledge, not seen. */
const unknownApp = [/cannot find app/i, /unable to find app/i, /no such app/i, /app.*(?:does not exist|not found)/i];

/** strerror(3) of a host that lacks something: whoever says it passes on what the system said. */
const hostLacks = [/no space left on device/i, /disk quota exceeded/i, /read-only file system/i, /cannot allocate memory/i, /too many open files/i, /input\/output error/i];

/** It wanted to know how wide its terminal is, and has none: seen by a working CI on `recipe lint`. */
const noTerminal = [/inappropriate ioctl for device/i, /could not open a new TTY/i];

/** abra found no service that backs up. Background knowledge, not seen. */
const noBackupService = [/no backup-?bot\b/i, /no services? .*label/i, /backup-?bot .*not (?:found|deployed)/i];

/** What abra calls a container that is not there to run something in: docker's own words. */
const noContainer = [/is not running/i, /no such container/i, /is restarting/i, /\b409\b/];

/** cobra, which reads abra's command line, has these words for a flag that a version of abra does not have. */
const unknownFlag = /unknown flag: (--[\w-]+)/;

/** How restic tells what it made, for people and as JSON. A backup service prints it; abra passes it on. */
const snapshots = [/\bsnapshot ([0-9a-f]{8,64}) saved\b/g, /"snapshot_id":\s*"([0-9a-f]{8,64})"/g] as const;

/** The names of the snapshots that an output tells of, in order. */
export const snapshotsIn = (output: string): readonly string[] => snapshots.flatMap((form) => [...output.matchAll(form)].map(([, name = ""]) => name));

/** The flag that this abra does not know, or null. */
export const unknownFlagIn = (output: string): string | null => unknownFlag.exec(output)?.[1] ?? null;

const matches = (texts: readonly RegExp[], said: string): boolean => texts.some((text) => text.test(said));

/** The host's trouble, and nothing of the recipe's. */
export const saysHostLacks = (said: string): boolean => matches(hostLacks, said);
export const saysNotDeployed = (said: string): boolean => matches(notDeployed, said);
export const saysUnknownApp = (said: string): boolean => matches(unknownApp, said);
export const saysNoTerminal = (said: string): boolean => matches(noTerminal, said);
/** A container was being replaced just then: worth another try. */
export const saysNoContainer = (said: string): boolean => matches(noContainer, said);
export const saysNoBackupService = (said: string): boolean => matches(noBackupService, said);
