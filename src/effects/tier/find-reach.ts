import { asFailure } from "../../machines/errors.js";
import { zoneOf } from "../../machines/names.js";
import { shortName } from "../../machines/reach.js";
import type { App, Failure } from "../../machines/vocabulary.js";
import { askApp } from "./ask-app.js";
import type { NoAnswer } from "./http-answer.js";
import { nothingRuns, type Finder, type ProbeSettings } from "./probe.types.js";
import { hasProxy, labelledPort, serviceAddresses, servicesOf, type Labelled } from "./reach.js";

const unlabelled = (app: App, why: string, services: readonly string[]): Failure =>
  asFailure({
    code: "reach-not-found",
    message: `how ${app.domain} is reached could not be found out: https://${app.domain}: ${why}; and no service has a label loadbalancer.server.port`,
    hint: `Write one line into the recipe's recipe.yml: reach: service:NAME:PORT. The services are: ${services.toSorted().join(", ")}.`,
  });

const whyDirect = (app: App, problem: NoAnswer, { service, port }: Labelled): string =>
  `no proxy serves https://${app.domain} (${problem.why}): reaching service:${service}:${port} directly, as its label loadbalancer.server.port says`;

/**
 * `reach: auto`: if there is a proxy, the domain; else, directly, the port that the recipe's labels give to a proxy.
 *
 * If this Swarm has a proxy, the domain must work: an app that its proxy does not serve does not work. Each look notes what it
 * found; `note` should print only what has changed.
 */
export const findReach = ({ engine, trust, note }: ProbeSettings, app: App): Finder => {
  const proxied = { url: `https://${app.domain}`, zone: zoneOf(app.domain) };
  let insists: boolean | null = null;
  return async (signal) => {
    insists ??= await hasProxy(engine, app, signal);
    const problem = await askApp(proxied, { trust: trust(), signal });
    if (problem === null || insists) {
      note(
        problem === null
          ? `a proxy serves ${proxied.url}: the app is reached through it`
          : `this Swarm has a proxy (a service that publishes 443): the app is to be reached at ${proxied.url}`,
      );
      return { targets: [proxied] };
    }
    const services = await servicesOf(engine, app, signal);
    const labelled = labelledPort(app, services);
    if (labelled === null)
      return {
        hopeless: unlabelled(
          app,
          problem.why,
          services.map(({ Spec }) => shortName(app, Spec.Name)),
        ),
      };
    note(whyDirect(app, problem, labelled));
    const found = await serviceAddresses(engine, app, labelled, signal);
    if ("hopeless" in found) return found;
    return found.addresses.length === 0
      ? { tried: nothingRuns(`service:${labelled.service}:${labelled.port}`) }
      : { targets: found.addresses.map((url) => ({ url, zone: null })) };
  };
};
