import type { Allow } from "../../machines/allow.js";
import type { ComposeService } from "../compose/compose-service.js";
import { mapIn, pairsIn } from "../compose/read-tree.js";
import type { Finding } from "./finding.js";
import { hostsIn, isBoundTo } from "./router-rule.js";

/** traefik reads keys in any case. */
const ruleKey = /^traefik\.(?:http|tcp)\.routers\.[^.]+\.rule$/i;

const shownMax = 120;

/**
 * Routes of the proxy that a service's labels ask for beside those to the app itself: the proxy is everybody's, and a
 * rule for another's host, or for any, would take that one's requests.
 */
export const routeFindings = ({ name, rest }: ComposeService, domain: string, allow: Allow): readonly Finding[] => {
  const deploy = mapIn(rest.entries.get("deploy"), `deploy of the service ${name}`);
  const labels = [...pairsIn(rest.entries.get("labels"), "labels"), ...pairsIn(deploy.get("labels"), "deploy.labels")];
  const isOurs = (host: string): boolean => host === domain || host.endsWith(`.${domain}`) || allow.hosts.includes(host);
  return labels.flatMap(([key, { value, tree }]) => {
    if (!ruleKey.test(key) || isBoundTo(value, isOurs) || allow.hosts.includes(value)) return [];
    const foreign = hostsIn(value).find((host) => !isOurs(host));
    const what = foreign === undefined ? `requests for any host (${value.slice(0, shownMax)})` : `requests for ${foreign}`;
    return [{ at: tree.at, what: `the service ${name} asks the proxy for ${what}: the run's app is ${domain}`, allow: { key: "hosts", item: foreign ?? value } } as const];
  });
};
