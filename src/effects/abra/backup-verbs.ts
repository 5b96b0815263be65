import { RunError } from "../../machines/errors.js";
import type { SettledCode } from "../../machines/failures.js";
import type { App } from "../../machines/vocabulary.js";
import type { Engine } from "../docker/engine.js";
import type { Service } from "../docker/engine-schema.js";
import type { Abra, AbraAnswer } from "./abra.js";
import { abraRefused } from "./abra-refused.js";
import { saysHostLacks, saysNoBackupService, snapshotsIn, unknownFlagIn } from "./abra-texts.js";
import type { AssertOwnEnv } from "./own-env.js";

interface BackupVerbSettings {
  readonly abra: Abra;
  readonly assertOwnEnv: AssertOwnEnv;
  readonly engine: Engine;
}

/** Normally the tier's budget ends a backup that hangs. This only limits a child that the chart has lost sight of. ms */
const limitMs = 60 * 60_000;

/** abra finds the backup service by this label. Background knowledge, not seen. */
const backupServiceLabel = "coop-cloud.backupbot.enabled";

const hasBackupService = async (engine: Engine, signal: AbortSignal): Promise<boolean> =>
  (await engine.json<readonly Service[]>("GET", "/services", { query: { filters: { label: [backupServiceLabel] } }, signal })).length > 0;

/** What abra refused, and its own words for why. */
interface Refusal {
  readonly code: SettledCode;
  readonly message: string;
  readonly said: string;
}

/** The failure of a refused verb, by who is to blame. A recipe's hook can print abra's messages, so the Engine is asked too. */
const refused = async ({ engine }: BackupVerbSettings, { code, message, said }: Refusal, signal: AbortSignal): Promise<RunError> => {
  if (!saysHostLacks(said) && saysNoBackupService(said) && !(await hasBackupService(engine, signal))) {
    return new RunError("no-backup-service", `${message}: ${said}`, {
      hint: `Deploy a backup service (one whose label ${backupServiceLabel} is true; docs/abra.md has an example), or leave the tiers out: --stages install,upgrade,custom`,
    });
  }
  return abraRefused(code, message, said);
};

/** Leaves out a flag that this abra does not know, without a word: it only sets what is the default in other versions. */
const tolerant =
  (abra: Abra): Abra =>
  async (args, call) => {
    const answer = await abra(args, call);
    const flag = answer.fatal === null ? null : unknownFlagIn(`${answer.stdout}\n${answer.stderr}`);
    const fewer = args.filter((arg) => arg !== flag);
    return flag === null || fewer.length === args.length ? answer : tolerant(abra)(fewer, call);
  };

const common = ["--no-input", "--offline", "--chaos"];

const call = ({ abra, assertOwnEnv }: BackupVerbSettings, app: App, args: readonly string[], signal: AbortSignal): Promise<AbraAnswer> => {
  assertOwnEnv(app);
  return tolerant(abra)([...args, app.domain, ...common], { signal, limitMs });
};

/** `abra app backup create`. Resolves with the name of the snapshot; null if abra did not print it. */
export const createBackup = async (settings: BackupVerbSettings, app: App, signal: AbortSignal): Promise<string | null> => {
  const { fatal, stdout, stderr } = await call(settings, app, ["app", "backup", "create"], signal);
  if (fatal !== null)
    throw await refused(settings, { code: "backup-failed", message: `abra could not back up ${app.domain}`, said: fatal }, signal);
  return snapshotsIn(`${stdout}\n${stderr}`).at(-1) ?? null;
};

/** Whether the newest backup contains anything: whether `abra app backup list` prints a path. Null if abra cannot say. */
export const hasContent = async (settings: BackupVerbSettings, app: App, signal: AbortSignal): Promise<boolean | null> => {
  const { fatal, stdout } = await call(settings, app, ["app", "backup", "list"], signal);
  return fatal === null ? stdout.split(/\r?\n/).some((line) => /(?:^|[\s│|"])\/[^\s/]/.test(line)) : null;
};

/** `abra app restore` of the newest backup, while the app runs, with the recipe's own hooks. */
export const restoreBackup = async (settings: BackupVerbSettings, app: App, signal: AbortSignal): Promise<void> => {
  const { fatal } = await call(settings, app, ["app", "restore", "--hooks"], signal);
  if (fatal !== null)
    throw await refused(settings, { code: "restore-failed", message: `abra could not restore ${app.domain}`, said: fatal }, signal);
};
