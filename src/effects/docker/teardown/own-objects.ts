import { messageOf } from "../../../machines/errors.js";
import { ownedBy, strangersOf } from "../../../machines/ledger/attribution.js";
import type { OwnableObject } from "../../../machines/ledger/ledger.js";
import type { TeardownTarget } from "../../../machines/teardown/teardown.types.js";
import { envObjects } from "../../ledger/inventory.js";
import type { Ledgers } from "../../ledger/ledgers.js";
import type { Engine } from "../engine.js";
import { listObjects } from "../list-objects.js";
import { retryUntilAborted } from "../retry-until-aborted.js";
import type { Refusals } from "./remove-objects.js";

export interface TeardownSettings {
  /** How long each service's containers may take to stop, by service, remembered from when the service existed. ms */
  readonly graces: Map<string, number>;
  readonly engine: Engine;
  readonly ledgers: Ledgers;
  readonly serversDir: string;
  readonly refusals: Refusals;
  /** Called when nothing more is tried, with what the daemon says keeps an object. */
  readonly onKept: (line: string) => void;
  /** Called with what is being waited for, in words for people; null: for nothing any more. */
  readonly onAwaited: (line: string | null) => void;
}

interface Envs {
  readonly objects: readonly OwnableObject[];
  /** Why it is not known whether there are more; null: these are all. */
  readonly unseen: string | null;
}

/**
 * The app's .env files. If the servers folder cannot be read, that must not keep services and volumes: it is reported when all else is
 * gone.
 */
const envsOf = ({ serversDir }: TeardownSettings, target: TeardownTarget): Envs => {
  try {
    return { objects: envObjects(serversDir, target), unseen: null };
  } catch (error) {
    return { objects: [], unseen: messageOf(error) };
  }
};

/** The app's own objects, by the claim under which this process acts on it. New ones are added to the ledger. */
export const lookForOwn = async (settings: TeardownSettings, target: TeardownTarget, signal: AbortSignal) => {
  const { engine, ledgers } = settings;
  let isAway = false;
  const onRetry = (error: unknown): void => {
    isAway = true;
    settings.onAwaited(messageOf(error));
  };
  const listed = await retryUntilAborted(() => listObjects(engine, signal), signal, onRetry);
  if (isAway) settings.onAwaited(null);
  const envs = envsOf(settings, target);
  const objects = [...listed, ...envs.objects];
  const claim = ledgers.claimOf(target.domain);
  const own = ownedBy(claim, objects, target.stack);
  ledgers.note(target.domain, own);
  for (const { id, graceMs } of own) if (graceMs !== undefined) settings.graces.set(id, graceMs);
  return { listed, own, strangers: strangersOf(claim, objects, target.stack), envsUnseen: envs.unseen };
};
