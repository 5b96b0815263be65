import type { Allow } from "../../machines/allow.js";
import type { ComposeService } from "../compose/compose-service.js";
import type { Tree } from "../compose/compose-tree.js";
import { mapIn, pairsIn } from "../compose/read-tree.js";
import type { Finding } from "./finding.js";
import { hostsIn, isBoundTo } from "./router-rule.js";

/** traefik reads keys in any case. */
const ruleKey = /^traefik\.(?:http|tcp)\.routers\.[^.]+\.rule$/i;

const shownMax = 120;

type Label = readonly [string, { readonly value: string; readonly tree: Tree }];

/** The labels that a proxy may read: the service's and its containers'. */
export const labelsOf = ({ name, rest }: ComposeService): readonly Label[] => {
  const deploy = mapIn(rest.entries.get("deploy"), `deploy of the service ${name}`);
  return [...pairsIn(rest.entries.get("labels"), "labels"), ...pairsIn(deploy.get("labels"), "deploy.labels")];
};

/**
 * Routes of the proxy that a service's labels ask for beside those to the app itself: the proxy is everybody's, and a
 * rule for another's host, or for any, would take that one's requests.
 */
export const routeFindings = (service: ComposeService, domain: string, allow: Allow): readonly Finding[] => {
  const { name } = service;
  const isOurs = (host: string): boolean => host === domain || host.endsWith(`.${domain}`) || allow.hosts.includes(host);
  return labelsOf(service).flatMap(([key, { value, tree }]) => {
    if (!ruleKey.test(key) || isBoundTo(value, isOurs) || allow.hosts.includes(value)) return [];
    const foreign = hostsIn(value).find((host) => !isOurs(host));
    const what = foreign === undefined ? `requests for any host (${value.slice(0, shownMax)})` : `requests for ${foreign}`;
    return [{ at: tree.at, what: `the service ${name} asks the proxy for ${what}: the run's app is ${domain}`, allow: { key: "hosts", item: foreign ?? value } } as const];
  });
};
