import { setTimeout as pause } from "node:timers/promises";
import { Observable } from "rxjs";
import { fromEventObservable } from "xstate";
import type { DeployPorts } from "../../machines/deploy/deploy.ports.js";
import type { ProbeEvent, ProbeTry } from "../../machines/deploy/deploy.types.js";
import { failureFrom } from "../../machines/errors.js";
import { parseReach, type Reach } from "../../machines/reach.js";
import type { App } from "../../machines/vocabulary.js";
import { askApp, type Target } from "./ask-app.js";
import { nothingRuns, zoneOf, type Finder, type ProbeSettings, type Targets } from "./probe.types.js";
import { findReach } from "./find-reach.js";
import { serviceAddresses } from "./reach.js";

const answersInARow = 2;
const betweenMs = 200;

/** A proxy chooses by name only where the name is the app's. */
export const urlTarget = (app: App, url: string): Target => {
  const address = url.replaceAll("{domain}", app.domain);
  return { url: address, zone: new URL(address).hostname === app.domain ? zoneOf(app) : null };
};

const finderOf = (settings: ProbeSettings, app: App, reach: Reach | null, text: string): Finder => {
  if (reach === null || reach.kind === "auto") return findReach(settings, app);
  if (reach.kind === "url") return async () => ({ targets: [urlTarget(app, reach.url)] });
  return async (signal) => {
    const found = await serviceAddresses(settings.engine, app, reach, signal);
    if ("hopeless" in found) return found;
    return found.addresses.length === 0 ? { tried: nothingRuns(text) } : { targets: found.addresses.map((url) => ({ url, zone: null })) };
  };
};

type Tell = (event: ProbeEvent) => void;

/** Says each reason once, not once for each try. */
const createTeller = (tell: Tell): ((tried: ProbeTry) => void) => {
  let last = "";
  return (tried) => {
    const said = JSON.stringify(tried);
    if (said !== last) tell({ type: "probe.tried", tried });
    last = said;
  };
};

/** Docker may not answer this moment: the next try may. */
const found = async (finder: Finder, signal: AbortSignal): Promise<Targets> => {
  try {
    return await finder(signal);
  } catch (error) {
    signal.throwIfAborted();
    const { message, hint } = failureFrom(error);
    return { tried: { address: "docker", why: message, hint } };
  }
};

const probe = async ({ trust }: ProbeSettings, finder: Finder, tell: Tell, signal: AbortSignal): Promise<void> => {
  const inARow = new Map<string, number>();
  const tried = createTeller(tell);
  for (;;) {
    const next = await found(finder, signal);
    if ("hopeless" in next) return tell({ type: "probe.hopeless", failure: next.hopeless });
    if ("tried" in next) tried(next.tried);
    for (const target of "targets" in next ? next.targets : []) {
      const verdict = await askApp(target, { trust: trust(), signal });
      if (verdict !== null) {
        inARow.delete(target.url);
        tried({ address: target.url, why: verdict.why, hint: verdict.hint });
        continue;
      }
      const count = (inARow.get(target.url) ?? 0) + 1;
      inARow.set(target.url, count);
      if (count >= answersInARow) return tell({ type: "probe.answered", url: target.url });
      break;
    }
    await pause(betweenMs, undefined, { signal });
  }
};

/** Asks until the app has answered twice in a row at one address, or until nobody listens any more. */
export const probeApp = (settings: ProbeSettings): DeployPorts["probeApp"] =>
  fromEventObservable(
    ({ input: { app, settings: recipe } }) =>
      new Observable<ProbeEvent>((listener) => {
        const ended = new AbortController();
        const finder = finderOf(settings, app, parseReach(recipe.reach), recipe.reach);
        probe(settings, finder, (event) => listener.next(event), ended.signal).catch((error: unknown) => {
          if (!ended.signal.aborted) listener.error(error);
        });
        return () => ended.abort();
      }),
  );
