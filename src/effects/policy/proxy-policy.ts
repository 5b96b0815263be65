import type { Allow } from "../../machines/allow.js";
import type { ComposeService } from "../compose/compose-service.js";
import { isAllowed, type Finding } from "./finding.js";
import { labelsOf } from "./route-policy.js";

const shownMax = 120;

/** Labels of a router or an error page that name the traefik service which gets the requests. */
const target = /^traefik\.(?:http|tcp|udp)\.(?:routers\.[^.]+|middlewares\.[^.]+\.errors)\.service$/;
const definition = /^traefik\.(?:http|tcp|udp)\.services\.([^.]+)\./;

/** Names of traefik services that the app's own labels define. traefik ignores the case of a key. */
const definedBy = (services: readonly ComposeService[]): ReadonlySet<string> =>
  new Set(services.flatMap((service) => labelsOf(service).flatMap(([key]) => definition.exec(key.toLowerCase())?.[1] ?? [])));

/** The name that traefik derives from a Swarm service's name if no label gives one. */
const normalized = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");

/** Whether a target is the app's own. One of another provider belongs to the operator or to traefik: `api@internal`. */
const isOwnTarget = (value: string, own: ReadonlySet<string>, stack: string): boolean => {
  const [name = "", provider = "swarm", ...more] = value.toLowerCase().split("@");
  return (
    more.length === 0 && ["docker", "swarm"].includes(provider) && (own.has(name) || normalized(name).startsWith(`${normalized(stack)}-`))
  );
};

/** What a label asks of the shared proxy, other than hosts and names: the item that would allow it, and a description. */
const wishIn = (
  key: string,
  value: string,
  own: ReadonlySet<string>,
  stack: string,
): { readonly item: string; readonly what: string } | null => {
  if (key.startsWith("traefik.tls."))
    return { item: `${key}=${value}`, what: `the label ${key}, which is a setting of the proxy for all apps` };
  if (key.startsWith("traefik.udp.routers."))
    return { item: "udp=router", what: "a route of the proxy for UDP, which takes all that comes in at an entry point" };
  if (/^traefik\.(?:http|tcp)\.routers\.[^.]+\.tls\.certresolver$/.test(key) && value !== "")
    return {
      item: `certresolver=${value}`,
      what: `certificates by the proxy's resolver ${value}: an authority counts the operator's requests`,
    };
  if (/^traefik\.(?:http|tcp|udp)\.services\.[^.]+\.loadbalancer\.server\.(?:url|address)$/.test(key))
    return { item: `server=${value}`, what: `the proxy to send the app's requests to ${value}` };
  if (target.test(key) && value !== "" && !isOwnTarget(value, own, stack))
    return { item: `service=${value}`, what: `the proxy to send the app's requests to ${value}, which none of its labels defines` };
  return null;
};

/**
 * What the labels of an app ask of the proxy and may not have, other than hosts and names: settings that affect all apps, the
 * operator's certificates, and answers that are not the app's own: another app's, or the proxy's API.
 */
export const proxyFindings = (services: readonly ComposeService[], stack: string, allow: Allow): readonly Finding[] => {
  const own = definedBy(services);
  return services.flatMap((service) =>
    labelsOf(service).flatMap(([key, { value, tree }]) => {
      const wish = wishIn(key.toLowerCase(), value.trim(), own, stack);
      if (wish === null || isAllowed(allow, { key: "host", item: wish.item })) return [];
      return [
        {
          at: tree.at,
          what: `the service ${service.name} asks for ${wish.what.slice(0, 2 * shownMax)}`,
          allow: { key: "host", item: wish.item },
        } as const,
      ];
    }),
  );
};
