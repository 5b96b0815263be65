import { zoneOf } from "../../machines/names.js";
import type { Health } from "../../machines/recipe-settings.js";
import type { App } from "../../machines/vocabulary.js";
import { askApp, type Target } from "./ask-app.js";
import { connectOnce } from "./connect.js";
import type { NoAnswer } from "./http-answer.js";
import { nothingRuns, type Finder, type ProbeSettings } from "./probe.types.js";
import { serviceAddresses } from "./reach.js";

/** A URL as a target. A proxy chooses by name only if the name is the app's. */
export const urlTarget = (app: App, url: string): Target => {
  const address = url.replaceAll("{domain}", app.domain);
  return { url: address, zone: new URL(address).hostname === app.domain ? zoneOf(app.domain) : null };
};

export const tcpScheme = "tcp:";

/**
 * Null if the answer there counts by the rules of `health`, else why it does not. Connects to a `tcp:` address, asks any other over HTTP.
 */
export const judgeHealth = async (
  target: Target,
  health: Health,
  trust: ProbeSettings["trust"],
  signal: AbortSignal,
): Promise<NoAnswer | null> => {
  const { protocol, hostname, port } = new URL(target.url);
  if (protocol === tcpScheme) return connectOnce(hostname, Number(port), signal);
  return askApp(target, { trust: trust(), signal }, health.kind === "http" ? health : undefined);
};

/** Finds the address of a service's port, to connect to or to speak HTTP with. */
export const serviceFinder =
  (
    { engine }: Pick<ProbeSettings, "engine">,
    app: App,
    reach: { readonly service: string; readonly port: number },
    scheme: "http:" | "tcp:",
  ): Finder =>
  async (signal) => {
    const found = await serviceAddresses(engine, app, reach, signal);
    if ("hopeless" in found) return found;
    if (found.addresses.length === 0) return { tried: nothingRuns(`service:${reach.service}:${reach.port}`) };
    return { targets: found.addresses.map((url) => ({ url: url.replace(/^http:/, scheme), zone: null })) };
  };
