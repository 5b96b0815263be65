import { RunError } from "../../machines/errors.js";
import type { SettledCode } from "../../machines/failures.js";
import type { App } from "../../machines/vocabulary.js";
import type { Engine } from "../docker/engine.js";
import type { Service } from "../docker/engine-schema.js";
import type { Abra, AbraAnswer } from "./abra.js";
import { abraRefused } from "./abra-refused.js";
import { saysHostLacks, saysNoBackupService, snapshotsIn, unknownFlagIn } from "./abra-texts.js";
import type { AssertOwnEnv } from "./own-env.js";

export interface BackupVerbSettings {
  readonly abra: Abra;
  readonly assertOwnEnv: AssertOwnEnv;
  readonly engine: Engine;
}

/** The tier's budget is what ends a backup that hangs; this only bounds a child that the chart lost sight of. */
const limitMs = 60 * 60_000;

/** By this label abra finds the service that does the work. Background knowledge, not seen. */
const backupServiceLabel = "coop-cloud.backupbot.enabled";

const hasBackupService = async (engine: Engine, signal: AbortSignal): Promise<boolean> =>
  (await engine.json<readonly Service[]>("GET", "/services", { query: { filters: { label: [backupServiceLabel] } }, signal })).length > 0;

/** What kept abra from it, by whose matter it is. A recipe's hook can print abra's words, so that the Engine is asked as well. */
const refused = async ({ engine }: BackupVerbSettings, code: SettledCode, message: string, said: string, signal: AbortSignal): Promise<RunError> => {
  if (!saysHostLacks(said) && saysNoBackupService(said) && !(await hasBackupService(engine, signal))) {
    return new RunError("no-backup-service", `${message}: ${said}`, {
      hint: `Deploy a backup service (one whose label ${backupServiceLabel} is true; docs/abra.md has an example), or leave the tiers out: --stages install,upgrade,custom`,
    });
  }
  return abraRefused(code, message, said);
};

/** A flag that this abra does not know is left out, and people are told nothing: it only says what is the default elsewhere. */
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

/** `abra app backup create`. Resolves with the name of the snapshot; null where abra did not tell it. */
export const createBackup = async (settings: BackupVerbSettings, app: App, signal: AbortSignal): Promise<string | null> => {
  const { fatal, stdout, stderr } = await call(settings, app, ["app", "backup", "create"], signal);
  if (fatal !== null) throw await refused(settings, "backup-failed", `abra could not back up ${app.domain}`, fatal, signal);
  return snapshotsIn(`${stdout}\n${stderr}`).at(-1) ?? null;
};

/** Whether the newest backup has anything in it, by `abra app backup list`: a path. Null where abra cannot say. */
export const hasContent = async (settings: BackupVerbSettings, app: App, signal: AbortSignal): Promise<boolean | null> => {
  const { fatal, stdout } = await call(settings, app, ["app", "backup", "list"], signal);
  return fatal === null ? stdout.split(/\r?\n/).some((line) => /(?:^|[\s│|"])\/[^\s/]/.test(line)) : null;
};

/** `abra app restore` of the newest backup, while the app runs, with the recipe's own hooks. */
export const restoreBackup = async (settings: BackupVerbSettings, app: App, signal: AbortSignal): Promise<void> => {
  const { fatal } = await call(settings, app, ["app", "restore", "--hooks"], signal);
  if (fatal !== null) throw await refused(settings, "restore-failed", `abra could not restore ${app.domain}`, fatal, signal);
};
