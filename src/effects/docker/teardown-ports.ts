import { setTimeout as pause } from "node:timers/promises";
import { fromPromise } from "xstate";
import { messageOf, RunError } from "../../machines/errors.js";
import { ownedBy, strangersOf } from "../../machines/ledger/attribution.js";
import { runAppOfObject, zoneOf } from "../../machines/names.js";
import type { OwnableObject } from "../../machines/ledger/ledger.js";
import type { TeardownPorts } from "../../machines/teardown/teardown.ports.js";
import type { TeardownTarget } from "../../machines/teardown/teardown.types.js";
import type { Residue } from "../../machines/vocabulary.js";
import { envObjects } from "../ledger/inventory.js";
import type { Ledgers } from "../ledger/ledgers.js";
import type { Engine } from "./engine.js";
import type { Task } from "./engine-schema.js";
import { keptWords } from "./kept-words.js";
import { listObjects } from "./list-objects.js";
import { retryUntilAborted } from "./retry-until-aborted.js";
import { removeOnce, type Refusals } from "./remove-objects.js";
import { removeFile } from "../files/remove.js";

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

const betweenLooksMs = 100;
const betweenTriesMs = 100;

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
const lookForOwn = async (settings: TeardownSettings, target: TeardownTarget, signal: AbortSignal) => {
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

/**
 * What services of others use, by id. Services of run apps do not count: another run, or another reap of the same janitor, may remove them
 * at any moment.
 */
const usedByOthers = (listed: readonly OwnableObject[], own: readonly OwnableObject[], zone: string): ReadonlySet<string> => {
  const isOwn = new Set(own);
  const stays = (object: OwnableObject): boolean =>
    object.kind === "service" && !isOwn.has(object) && runAppOfObject(object, zone, []) === null;
  return new Set(listed.flatMap((object) => (stays(object) ? object.uses : [])));
};

const isDeployed = ({ kind }: OwnableObject): boolean => kind === "service" || kind === "container";

export const takeStock = (settings: TeardownSettings): TeardownPorts["takeStock"] =>
  fromPromise(async ({ input, signal }) => {
    const { own, strangers } = await lookForOwn(settings, input, signal);
    return { isDeployed: own.some(isDeployed), hasStrangers: strangers.length > 0 };
  });

export const removeServices = (settings: TeardownSettings): TeardownPorts["removeServices"] =>
  fromPromise(async ({ input, signal }) => {
    const { own } = await lookForOwn(settings, input, signal);
    await removeOnce(
      settings.engine,
      own.filter(({ kind }) => kind === "service"),
      signal,
    );
  });

/**
 * The Swarm takes a removed service off its list at once, whatever its containers do. One that is still listed after this was not removed.
 * ms
 */
const servicesGoWithinMs = 5_000;

/**
 * The containers that the Swarm is still to stop, so that waiting is worth it: not those that have ended, and not those
 * of a task that it has forgotten. Docker 20.10 forgets the tasks of a job whose service is removed, and lets them run.
 */
const stoppedBySwarm = async (
  { engine }: TeardownSettings,
  own: readonly OwnableObject[],
  signal: AbortSignal,
): Promise<readonly OwnableObject[]> => {
  const running = own.filter(({ container }) => container?.isOver === false);
  if (running.length === 0) return [];
  const tasks = await retryUntilAborted(() => engine.json<readonly Task[]>("GET", "/tasks", { signal }), signal);
  const known = new Set(tasks.map(({ ID }) => ID));
  return running.filter(({ container }) => container?.task == null || known.has(container.task));
};

/**
 * Stops containers of services that are gone, each with its service's own grace, without waiting: the Swarm would do the same
 * seconds later. If the grace is not known, leaves it to the Swarm.
 */
const stopOnce = (
  { engine, graces }: TeardownSettings,
  own: readonly OwnableObject[],
  stopping: Set<string>,
  signal: AbortSignal,
): void => {
  for (const { id, container } of own) {
    const graceMs = container?.service == null ? undefined : graces.get(container.service);
    if (container?.isOver !== false || graceMs === undefined || stopping.has(id)) continue;
    stopping.add(id);
    const query = { t: Math.ceil(graceMs / 1_000) };
    // A stream, which is not counted among the calls at once, because the answer takes as long as the grace.
    engine.stream("POST", `/containers/${id}/stop`, { query, signal, limitMs: graceMs + 30_000 }).then(
      (answer) => answer.destroy(),
      () => undefined,
    );
  }
};

/**
 * Resolves when the app has no service and no container that the Swarm is still to stop; asks until then or until it is
 * aborted. Rejects with `still-deployed` if a service stays, which means that the stack was not really removed.
 */
export const waitGone = (settings: TeardownSettings): TeardownPorts["waitGone"] =>
  fromPromise(async ({ input, signal }) => {
    const since = performance.now();
    const stopping = new Set<string>();
    for (;;) {
      const { listed, own } = await lookForOwn(settings, input, signal);
      const service = own.find(({ kind }) => kind === "service");
      if (service === undefined) stopOnce(settings, own, stopping, signal);
      const left = service === undefined ? await stoppedBySwarm(settings, own, signal) : [service];
      settings.onAwaited(left.length === 0 ? null : keptWords({ left, listed, own, refusals: settings.refusals }));
      if (left.length === 0) return;
      if (service !== undefined && performance.now() - since > servicesGoWithinMs) {
        throw new RunError("still-deployed", `the service ${service.name} is still there`, { hint: "docker removes it next." });
      }
      await pause(betweenLooksMs, undefined, { signal });
    }
  });

/**
 * Removes everything of the app that is still there, and its .env last, because without it abra would no longer know
 * the app. The Swarm keeps what somebody else's service uses, unless that is a run app's, for as long as the service
 * exists: if nothing else is left, this resolves, and all of that stays.
 */
export const removeObjects = (settings: TeardownSettings): TeardownPorts["removeObjects"] =>
  fromPromise(async ({ input, signal }) => {
    for (let tries = 0; ; tries += 1) {
      const { listed, own } = await lookForOwn(settings, input, signal);
      const left = own.filter(({ kind }) => kind !== "env");
      if (left.length === 0) {
        for (const { id } of own) removeFile(id);
        settings.onAwaited(null);
        return;
      }
      const kept = tries === 0 ? null : usedByOthers(listed, own, zoneOf(input.domain));
      if (kept !== null && left.every(({ id }) => kept.has(id))) return;
      await removeOnce(settings.engine, left, signal, settings.refusals);
      if (tries > 0) settings.onAwaited(keptWords({ left, listed, own, refusals: settings.refusals }));
      await pause(betweenTriesMs, undefined, { signal });
    }
  });

const asResidue = ({ kind, name }: OwnableObject): Residue => ({ kind, name });

export const listResidue = (settings: TeardownSettings): TeardownPorts["listResidue"] =>
  fromPromise(async ({ input, signal }) => {
    const { own, envsUnseen } = await lookForOwn(settings, input, signal);
    settings.onAwaited(null);
    for (const { id, kind, name } of own) {
      const said = settings.refusals.get(id);
      if (said !== undefined) settings.onKept(`the ${kind} ${name} could not be removed: ${said}`);
    }
    if (envsUnseen === null) return own.map(asResidue);
    settings.onKept(envsUnseen);
    // What cannot be read does not count as gone.
    return [...own.map(asResidue), { kind: "env", name: `${input.domain}.env (could not be looked for)` }];
  });
