import { rmSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { fromPromise } from "xstate";
import { RunError } from "../../machines/errors.js";
import { ownedBy, strangersOf } from "../../machines/ledger/attribution.js";
import type { OwnableObject } from "../../machines/ledger/ledger.js";
import type { TeardownPorts } from "../../machines/teardown/teardown.ports.js";
import type { TeardownTarget } from "../../machines/teardown/teardown.types.js";
import type { Residue } from "../../machines/vocabulary.js";
import { takeInventory } from "../ledger/inventory.js";
import type { Ledgers } from "../ledger/ledgers.js";
import type { Engine } from "./engine.js";
import { insist } from "./insist.js";
import { removeOnce } from "./remove-objects.js";

export interface TeardownSettings {
  readonly engine: Engine;
  readonly ledgers: Ledgers;
  readonly serversDir: string;
}

const betweenLooksMs = 250;
const betweenTriesMs = 200;

/** The app's own, by the claim under which this process acts on it. What is new of it is in the ledger afterwards. */
const lookForOwn = async ({ engine, ledgers, serversDir }: TeardownSettings, target: TeardownTarget, signal: AbortSignal) => {
  const objects = await insist(() => takeInventory(engine, serversDir, target, signal), signal);
  const claim = ledgers.claimOf(target.domain);
  const own = ownedBy(claim, objects, target.stack);
  ledgers.note(target.domain, own);
  return { own, strangers: strangersOf(claim, objects, target.stack) };
};

const isRunning = ({ kind }: OwnableObject): boolean => kind === "service" || kind === "container";

export const takeStock = (settings: TeardownSettings): TeardownPorts["takeStock"] =>
  fromPromise(async ({ input, signal }) => {
    const { own, strangers } = await lookForOwn(settings, input, signal);
    return { isDeployed: own.some(isRunning), hasStrangers: strangers.length > 0 };
  });

export const removeServices = (settings: TeardownSettings): TeardownPorts["removeServices"] =>
  fromPromise(async ({ input, signal }) => {
    const { own } = await lookForOwn(settings, input, signal);
    await removeOnce(settings.engine, own.filter(({ kind }) => kind === "service"), signal);
  });

/** The Swarm takes a removed service off its list at once, whatever its containers do: one that stays was not removed. */
const servicesGoWithinMs = 5_000;

/**
 * Resolves once no service and no container of the app is listed; asks until then, or until it is aborted.
 * Rejects with `still-deployed` when a service stays: whoever said that it had removed the stack has not.
 */
export const waitGone = (settings: TeardownSettings): TeardownPorts["waitGone"] =>
  fromPromise(async ({ input, signal }) => {
    const since = performance.now();
    for (;;) {
      const { own } = await lookForOwn(settings, input, signal);
      if (!own.some(isRunning)) return;
      const service = own.find(({ kind }) => kind === "service");
      if (service !== undefined && performance.now() - since > servicesGoWithinMs) {
        throw new RunError("still-deployed", `the service ${service.name} is still there`, { hint: "docker removes it next.", exitCode: 1 });
      }
      await pause(betweenLooksMs, undefined, { signal });
    }
  });

/** Everything of the app that is still there, and its .env last: without it abra would not know the app any more. */
export const removeObjects = (settings: TeardownSettings): TeardownPorts["removeObjects"] =>
  fromPromise(async ({ input, signal }) => {
    for (;;) {
      const { own } = await lookForOwn(settings, input, signal);
      const left = own.filter(({ kind }) => kind !== "env");
      if (left.length === 0) {
        for (const { id } of own) rmSync(id, { force: true });
        return;
      }
      await removeOnce(settings.engine, left, signal);
      await pause(betweenTriesMs, undefined, { signal });
    }
  });

const asResidue = ({ kind, name }: OwnableObject): Residue => ({ kind, name });

export const listResidue = (settings: TeardownSettings): TeardownPorts["listResidue"] =>
  fromPromise(async ({ input, signal }) => (await lookForOwn(settings, input, signal)).own.map(asResidue));
