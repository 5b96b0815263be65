import { setTimeout as pause } from "node:timers/promises";
import { Observable } from "rxjs";
import { fromEventObservable } from "xstate";
import type { SettlePorts } from "../../machines/settle/settle.ports.js";
import type { ProbeEvent, ProbeTry } from "../../machines/settle/settle.types.js";
import { failureFrom } from "../../machines/errors.js";
import { parseReach } from "../../machines/reach.js";
import type { Health } from "../../machines/recipe-settings.js";
import type { App, RecipeSettings } from "../../machines/vocabulary.js";
import type { Finder, ProbeSettings, Targets } from "./probe.types.js";
import { findReach } from "./find-reach.js";
import { judgeHealth, serviceFinder, tcpScheme, urlTarget } from "./health.js";

const betweenMs = 200;

/** Finds where the app speaks HTTP. */
const reachFinder = (settings: ProbeSettings, app: App, text: string): Finder => {
  const reach = parseReach(text);
  if (reach === null || reach.kind === "auto") return findReach(settings, app);
  if (reach.kind === "url") return async () => ({ targets: [urlTarget(app, reach.url)] });
  return serviceFinder(settings, app, reach, "http:");
};

/** Finds where the app is: by its port if it does not speak HTTP. */
const finderOf = (settings: ProbeSettings, app: App, health: Health, reach: string): Finder =>
  health.kind === "tcp" ? serviceFinder(settings, app, health, tcpScheme) : reachFinder(settings, app, reach);

type Tell = (event: ProbeEvent) => void;

/** What every question of one probe shares. */
interface Asking {
  readonly settings: ProbeSettings;
  readonly app: App;
  readonly tell: Tell;
  readonly signal: AbortSignal;
}

/** Reports each reason once and not for each try. */
const createTeller = (tell: Tell): ((tried: ProbeTry) => void) => {
  let last = "";
  return (tried) => {
    const said = JSON.stringify(tried);
    if (said !== last) tell({ type: "probe.tried", tried });
    last = said;
  };
};

/** If docker does not answer now, it may at the next try. */
const found = async (finder: Finder, signal: AbortSignal): Promise<Targets> => {
  try {
    return await finder(signal);
  } catch (error) {
    signal.throwIfAborted();
    const { message, hint } = failureFrom(error);
    return { tried: { address: "docker", why: message, hint } };
  }
};

/** Asks until one address has answered as often in a row as required, and returns it; null if none ever will. */
const answering = async ({ settings, tell, signal }: Asking, finder: Finder, health: Health): Promise<string | null> => {
  const inARow = new Map<string, number>();
  const tried = createTeller(tell);
  for (;;) {
    const next = await found(finder, signal);
    if ("hopeless" in next) {
      tell({ type: "probe.hopeless", failure: next.hopeless });
      return null;
    }
    if ("tried" in next) tried(next.tried);
    for (const target of "targets" in next ? next.targets : []) {
      const verdict = await judgeHealth(target, health, settings.trust, signal);
      if (verdict !== null) {
        inARow.delete(target.url);
        tried({ address: target.url, why: verdict.why, hint: verdict.hint });
        continue;
      }
      const count = (inARow.get(target.url) ?? 0) + 1;
      inARow.set(target.url, count);
      if (count >= health.inARow) return target.url;
      break;
    }
    await pause(betweenMs, undefined, { signal });
  }
};

const probe = async (asking: Asking, { health, reach, ready }: RecipeSettings): Promise<void> => {
  const { settings, app, tell } = asking;
  const url = await answering(asking, finderOf(settings, app, health, reach), health);
  if (url === null) return;
  for (const condition of ready) {
    const isThere = condition.kind === "http" && !url.startsWith(tcpScheme);
    const finder: Finder = isThere ? async () => ({ targets: [urlTarget(app, url)] }) : finderOf(settings, app, condition, reach);
    if ((await answering(asking, finder, condition)) === null) return;
  }
  tell({ type: "probe.answered", url });
};

/** Asks until the app has answered at one address and so has everything that recipe.yml has under `ready`, or until nobody listens. */
export const probeApp = (settings: ProbeSettings): SettlePorts["probeApp"] =>
  fromEventObservable(
    ({ input: { app, settings: recipe } }) =>
      new Observable<ProbeEvent>((listener) => {
        const ended = new AbortController();
        const tell: Tell = (event) => listener.next(event);
        probe({ settings, app, tell, signal: ended.signal }, recipe).catch((error: unknown) => {
          if (!ended.signal.aborted) listener.error(error);
        });
        return () => ended.abort();
      }),
  );
