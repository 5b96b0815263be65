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
  /** There are volumes that `existing` cannot have. */
  readonly hasOtherNodes: boolean;
  /** Networks that are there, and on which the Swarm takes no service. */
  readonly ofOneNode: ReadonlySet<string>;
  /** What other apps have named for the proxy: see taken-routes. */
  readonly taken: ReadonlyMap<string, readonly string[]>;
  readonly isConfigured: boolean;
  /** The operator's own overlay, if there is one: what it asks for, the operator asks for. */
  readonly trustedFile: string | null;
}

/**
 * All that the resolved compose files ask of the host and may not have: default deny, allowed item by item.
 *
 * What stays inside the app's own containers, volumes and networks is none of it: limits, placement, users, tmpfs. How many
 * there are is another matter: the Swarm is everybody's.
 */
export const checkPolicy = (compose: Compose, check: PolicyCheck): readonly Finding[] => {
  const used = usedKeys(compose);
  const findings = [
    ...compose.services.flatMap((service) => [...mountFindings(service.name, service.mounts, check.allow), ...serviceFindings(service, check.allow), ...routeFindings(service, check.domain, check.allow), ...takenFindings(service, check.taken)]),
    ...proxyFindings(compose.services, check.stack, check.allow),
    ...compose.objects.flatMap((object) => objectFindings(object, { ...check, used: used[object.kind], existing: check.existing[object.kind] })),
    ...amountFindings(compose),
    ...fileFindings(compose, check),
  ];
  return findings.filter(({ at }) => at.file !== check.trustedFile);
};
