import { get as getByHttp } from "node:http";
import { get as getByHttps } from "node:https";
import { setTimeout as pause } from "node:timers/promises";
import { fromPromise } from "xstate";
import type { DeployPorts } from "../../machines/deploy/deploy.ports.js";
import type { App } from "../../machines/vocabulary.js";
import type { Engine } from "../docker/engine.js";
import { addressOf } from "./reach.js";

const answersInARow = 2;
const betweenMs = 200;
const oneTryMs = 5_000;

/** The status of one GET, without its body. Not by fetch: its first use takes 30 MiB and 100 ms. */
const statusOf = (url: string, signal: AbortSignal): Promise<number> =>
  new Promise((resolve, reject) => {
    const get = url.startsWith("https:") ? getByHttps : getByHttp;
    const asked = get(url, { agent: false, signal, headers: { Accept: "*/*", "User-Agent": "recipe-ci" } }, (response) => {
      resolve(response.statusCode ?? 0);
      response.destroy();
    });
    asked.on("error", reject);
  });

/** Whether anything below 500 came back: a login page or a 404 is the app's own answer; a 502 is the proxy's for it. */
export const answers = async (url: string, signal: AbortSignal): Promise<boolean> => {
  try {
    return (await statusOf(url, AbortSignal.any([signal, AbortSignal.timeout(oneTryMs)]))) < 500;
  } catch {
    return false; // Not listening yet, or not resolvable yet: the chart's budget says how long that may last.
  }
};

/** Resolves with the address once the app answered twice in a row; asks until then, or until it is aborted. */
export const probeApp = (engine: Engine): DeployPorts["probeApp"] =>
  fromPromise(async ({ input: { app, settings }, signal }) => {
    for (let inARow = 0; ; ) {
      const url = await currentAddress(engine, app, settings.reach, signal);
      inARow = url !== null && (await answers(url, signal)) ? inARow + 1 : 0;
      if (url !== null && inARow >= answersInARow) return { url };
      await pause(betweenMs, undefined, { signal });
    }
  });

/** Null as well where docker cannot be asked this moment: the next try may. */
const currentAddress = async (engine: Engine, app: App, reach: string, signal: AbortSignal): Promise<string | null> => {
  try {
    return await addressOf(engine, app, reach, signal);
  } catch (error) {
    if (signal.aborted) throw error;
    return null;
  }
};
