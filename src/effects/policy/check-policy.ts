import type { Allow } from "../../machines/allow.js";
import type { Compose } from "../compose/resolve-compose.js";
import type { ObjectKind } from "../compose/compose-objects.js";
import { amountFindings } from "./amount-policy.js";
import { fileFindings, type GatedFiles } from "./file-policy.js";
import { usedKeys } from "../compose/object-uses.js";
import type { Finding } from "./finding.js";
import { mountFindings } from "./mount-policy.js";
import { objectFindings } from "./object-policy.js";
import { proxyFindings } from "./proxy-policy.js";
import { routeFindings } from "./route-policy.js";
import { serviceFindings } from "./service-policy.js";
import { takenFindings } from "./taken-routes.js";

export interface PolicyCheck extends GatedFiles {
  readonly allow: Allow;
  readonly stack: string;
  readonly domain: string;
  readonly existing: Readonly<Record<ObjectKind, ReadonlySet<string>>>;
  /** Whether the Swarm has other nodes, whose volumes are not in `existing`. */
  readonly hasOtherNodes: boolean;
  /** Existing networks on which the Swarm accepts no service. */
  readonly ofOneNode: ReadonlySet<string>;
  /** Names that other apps have defined for the proxy: see taken-routes. */
  readonly taken: ReadonlyMap<string, readonly string[]>;
  /** The operator's overlay, if there is one. It may ask for anything, because the operator wrote it. */
  readonly trustedFile: string | null;
}

/**
 * Everything that the resolved compose files ask of the host and may not have: denied by default, allowed item by item.
 *
 * What stays inside the app's own containers, volumes and networks is always allowed: limits, placement, users, tmpfs. Only
 * their number is limited, because everybody shares the Swarm.
 */
export const checkPolicy = (compose: Compose, check: PolicyCheck): readonly Finding[] => {
  const used = usedKeys(compose);
  const findings = [
    ...compose.services.flatMap((service) => [
      ...mountFindings(service.name, service.mounts, check.allow),
      ...serviceFindings(service, check.allow),
      ...routeFindings(service, check.domain, check.allow),
      ...takenFindings(service, check.taken),
    ]),
    ...proxyFindings(compose.services, check.stack, check.allow),
    ...compose.objects.flatMap((object) =>
      objectFindings(object, { ...check, used: used[object.kind], existing: check.existing[object.kind] }),
    ),
    ...amountFindings(compose),
    ...fileFindings(compose, check),
  ];
  return findings.filter(({ at }) => at.file !== check.trustedFile);
};
