import type { Allow } from "../../machines/allow.js";
import type { ComposeService } from "../compose/compose-service.js";
import type { Tree } from "../compose/compose-tree.js";
import { mapIn, pairsIn } from "../compose/read-tree.js";
import type { Finding } from "./finding.js";
import { hostsIn, isBoundTo } from "./router-rule.js";

/** traefik ignores the case of keys. */
const ruleKey = /^traefik\.(?:http|tcp)\.routers\.[^.]+\.rule$/i;

/** Names for which the proxy would get a certificate. */
const certified = /^traefik\.(?:http|tcp)\.routers\.[^.]+\.tls\.domains\[\d+\]\.(?:main|sans)$/i;

const shownMax = 120;

/** For a rule whose variable is empty: no entry would help, and recipe.yml accepts no empty one. */
const unnamed = {
  allow: null,
  instead: "Set the variables of that rule in .env.sample, or env in recipe.yml; the host of the app itself is ${DOMAIN}.",
} as const;

type Label = readonly [string, { readonly value: string; readonly tree: Tree }];

/** The labels that a proxy may read: the service's and its containers'. */
export const labelsOf = ({ name, rest }: ComposeService): readonly Label[] => {
  const deploy = mapIn(rest.entries.get("deploy"), `deploy of the service ${name}`);
  return [...pairsIn(rest.entries.get("labels"), "labels"), ...pairsIn(deploy.get("labels"), "deploy.labels")];
};

/**
 * Routes of the proxy that a service's labels ask for, other than those to the app itself. All apps share the proxy, so
 * a rule for another app's host, or for any host, would take that app's requests.
 */
export const routeFindings = (service: ComposeService, domain: string, allow: Allow): readonly Finding[] => {
  const { name } = service;
  const isOurs = (host: string): boolean => host === domain || host.endsWith(`.${domain}`) || allow.hosts.includes(host);
  return labelsOf(service).flatMap(([key, { value, tree }]) => {
    if (certified.test(key)) {
      const others = value
        .split(",")
        .map((host) => host.trim())
        .filter((host) => host !== "" && !isOurs(host));
      return [...new Set(others)].map((host): Finding => ({
        at: tree.at,
        what: `the service ${name} asks the proxy for a certificate for ${host.slice(0, shownMax)}: the run's app is ${domain}`,
        allow: { key: "hosts", item: host },
      }));
    }
    if (!ruleKey.test(key) || isBoundTo(value, isOurs) || allow.hosts.includes(value)) return [];
    const foreign = [...new Set(hostsIn(value).filter((host) => !isOurs(host)))];
    // If the rule matches more than the hosts that it names, allowing those would not help.
    const isThem = isBoundTo(value, (host) => isOurs(host) || foreign.includes(host));
    const finding = (what: string, item: string): Finding => ({
      at: tree.at,
      what: `the service ${name} asks the proxy for requests for ${what}: the run's app is ${domain}`,
      ...(item === "" ? unnamed : { allow: { key: "hosts", item } }),
    });
    const rule = value.slice(0, shownMax);
    return isThem
      ? foreign.map((host) => finding(host || `a host without a name (${rule})`, host))
      : [finding(`any host (${rule})`, value)];
  });
};
