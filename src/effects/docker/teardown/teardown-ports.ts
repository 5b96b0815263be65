import { setTimeout as pause } from "node:timers/promises";
import { fromPromise } from "xstate";
import { RunError } from "../../../machines/errors.js";
import type { OwnableObject } from "../../../machines/ledger/ledger.js";
import { runAppOfObject, zoneOf } from "../../../machines/names.js";
import type { TeardownPorts } from "../../../machines/teardown/teardown.ports.js";
import type { Residue } from "../../../machines/vocabulary.js";
import { removeFile } from "../../files/remove.js";
import { keptWords } from "./kept-words.js";
import { lookForOwn, type TeardownSettings } from "./own-objects.js";
import { removeOnce } from "./remove-objects.js";
import { stopOnce, stoppedBySwarm } from "./stop-containers.js";

const betweenLooksMs = 100;
const betweenTriesMs = 100;

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
 * What services of others use, by id. Services of run apps do not count: another run, or another reap of the same janitor, may remove them
 * at any moment.
 */
const usedByOthers = (listed: readonly OwnableObject[], own: readonly OwnableObject[], zone: string): ReadonlySet<string> => {
  const isOwn = new Set(own);
  const stays = (object: OwnableObject): boolean =>
    object.kind === "service" && !isOwn.has(object) && runAppOfObject(object, zone, []) === null;
  return new Set(listed.flatMap((object) => (stays(object) ? object.uses : [])));
};

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
