/**
 * The only place where abra's messages are matched. Each says how well it is evidenced (docs/abra.md has the marks).
 * abra translates its texts; children run in the C locale, so these are English.
 */

/** FATA is on stdout, with rc 1: seen by a working CI on 0.13.0-beta. Colour codes may precede it. */
// oxlint-disable-next-line no-control-regex -- the escape character is what begins a colour code
const fatal = /^(?:\u001B\[[\d;]*m)*FATA(?:\u001B\[[\d;]*m)*\s+(.*)/gm;

/** Longer than any message of abra, which may quote a recipe's hook. The patterns below are matched in this much text. */
const fatalChars = 2_000;

/** The last message with which abra gave up, or null. Earlier ones may come from a hook of the recipe, whose output abra passes on. */
export const fatalIn = (output: string): string | null => [...output.matchAll(fatal)].at(-1)?.[1]?.trim().slice(0, fatalChars) ?? null;

/** Undeploy refuses because nothing is deployed. Background knowledge, not seen. */
const notDeployed = [/not deployed/i];

/** The app's .env is gone or never was. Background knowledge, not seen. */
const unknownApp = [/cannot find app/i, /unable to find app/i, /no such app/i, /app.*(?:does not exist|not found)/i];

/** Texts of strerror(3) for a host that lacks something; programs pass them on unchanged. */
const hostLacks = [
  /no space left on device/i,
  /disk quota exceeded/i,
  /read-only file system/i,
  /cannot allocate memory/i,
  /too many open files/i,
  /input\/output error/i,
];

/** docker's own messages, which abra passes on: its client's for a daemon that is away, and a daemon's that is in no Swarm, or is leaving it. */
const dockerAway = [/cannot connect to the docker daemon/i, /error during connect/i];
const swarmAway = [/is not a swarm manager/i, /the swarm does not have a leader/i];

/** abra asked for the width of its terminal and has none: seen by a working CI on `recipe lint`. */
const noTerminal = [/inappropriate ioctl for device/i, /could not open a new TTY/i];

/** abra found no backup service. Background knowledge, not seen. */
const noBackupService = [/no backup-?bot\b/i, /no services? .*label/i, /backup-?bot .*not (?:found|deployed)/i];

/** The container in which abra wanted to run something is not there: docker's own messages. */
const noContainer = [/is not running/i, /no such container/i, /is restarting/i, /\b409\b/];

/** The message of cobra, which parses abra's command line, for a flag that this version of abra does not have. */
const unknownFlag = /unknown flag: (--[\w-]+)/;

/** How restic reports the snapshot it made, for people and as JSON. The backup service prints it, and abra passes it on. */
const snapshots = [/\bsnapshot ([0-9a-f]{8,64}) saved\b/g, /"snapshot_id":\s*"([0-9a-f]{8,64})"/g] as const;

/** The names of the snapshots that an output reports, in order. */
export const snapshotsIn = (output: string): readonly string[] =>
  snapshots.flatMap((form) => [...output.matchAll(form)].map(([, name = ""]) => name));

/** The flag that this abra does not know, or null. */
export const unknownFlagIn = (output: string): string | null => unknownFlag.exec(output)?.[1] ?? null;

const matches = (texts: readonly RegExp[], said: string): boolean => texts.some((text) => text.test(said));

/** Whether the host lacks something, which is not the recipe's fault. */
export const saysHostLacks = (said: string): boolean => matches(hostLacks, said);
/** Whether docker was away, or its Swarm; not the recipe's fault either. */
export const saysDockerAway = (said: string): boolean => matches(dockerAway, said);
export const saysSwarmAway = (said: string): boolean => matches(swarmAway, said);
export const saysNotDeployed = (said: string): boolean => matches(notDeployed, said);
export const saysUnknownApp = (said: string): boolean => matches(unknownApp, said);
export const saysNoTerminal = (said: string): boolean => matches(noTerminal, said);
/** Whether a container was just being replaced, so that another try is worth it. */
export const saysNoContainer = (said: string): boolean => matches(noContainer, said);
export const saysNoBackupService = (said: string): boolean => matches(noBackupService, said);
