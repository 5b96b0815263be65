import { arch, cpus, hostname, totalmem } from "node:os";
import { constraint } from "../../../src/effects/compose/forms.js";
import type { ServiceSpec } from "../schema.js";

/** The Swarm's one node. */
export const node = {
  id: "sandboxnode00000000000000",
  hostname: hostname(),
  role: "manager",
  os: "linux",
  arch: arch() === "x64" ? "x86_64" : arch() === "arm64" ? "aarch64" : arch(),
  cpus: cpus().length,
  memory: totalmem(),
} as const;

const factOf = (key: string): string | null => {
  const facts: Readonly<Record<string, string>> = {
    "node.id": node.id,
    "node.hostname": node.hostname,
    "node.role": node.role,
    "node.platform.os": node.os,
    "node.platform.arch": node.arch,
  };
  if (key in facts) return facts[key] ?? null;
  // Like a fresh node it has no labels, and an absent label is an empty one.
  return key.startsWith("node.labels.") || key.startsWith("engine.labels.") ? "" : null;
};

interface Constraint {
  readonly key: string;
  readonly equal: boolean;
  readonly value: string;
}

const parse = (text: string): Constraint | null => {
  const operator = ["==", "!="].find((one) => text.includes(one));
  if (operator === undefined || !constraint.takes(text)) return null;
  const at = text.indexOf(operator);
  return { key: text.slice(0, at).trim(), equal: operator === "==", value: text.slice(at + 2).trim() };
};

/** The Swarm's message about the first invalid constraint; null if all are valid. */
export const badConstraint = (spec: ServiceSpec): string | null => {
  for (const text of spec.TaskTemplate.Placement?.Constraints ?? []) {
    if (parse(text) === null)
      return /[=!]=/.test(text) ? `key or value of ${JSON.stringify(text)} is invalid` : `constraint expected one operator from ==, !=`;
  }
  return null;
};

/** Whether the node satisfies the service's constraints. If not, a global service has no task there. */
export const fits = (spec: ServiceSpec): boolean =>
  (spec.TaskTemplate.Placement?.Constraints ?? []).every((text) => {
    const parsed = parse(text);
    if (parsed === null) return false;
    const fact = factOf(parsed.key);
    return fact !== null && (fact.toLowerCase() === parsed.value.toLowerCase()) === parsed.equal;
  });

/** The numbers of the node's ports that each task of the service wants for itself. */
export const fixedHostPortsOf = ({ EndpointSpec }: ServiceSpec): readonly number[] =>
  (EndpointSpec?.Ports ?? []).flatMap(({ PublishMode, PublishedPort = 0 }) =>
    PublishMode === "host" && PublishedPort > 0 ? [PublishedPort] : [],
  );

/** What is already on the node. */
export interface Placed {
  /** How many tasks of the service, not counting those that are to end. */
  readonly ofService: number;
  /** What all tasks have reserved. */
  readonly reserved: { readonly nanoCpus: number; readonly memoryBytes: number };
  /** Whether some other task has that port of the host. */
  readonly isTaken: (port: number) => boolean;
}

/** Why no node can take another task of this service, in the scheduler's words; null if one can. */
export const whyNotPlaced = (spec: ServiceSpec, { ofService, reserved, isTaken }: Placed): string | null => {
  const { Placement, Resources } = spec.TaskTemplate;
  const no = (why: string): string => `no suitable node (${why})`;
  if (!fits(spec)) return no("scheduling constraints not satisfied on 1 node");
  const { NanoCPUs = 0, MemoryBytes = 0, GenericResources = [] } = Resources?.Reservations ?? {};
  if (NanoCPUs + reserved.nanoCpus > node.cpus * 1e9 || MemoryBytes + reserved.memoryBytes > node.memory || GenericResources.length > 0)
    return no("insufficient resources on 1 node");
  const most = Placement?.MaxReplicas ?? 0;
  if (most > 0 && ofService >= most) return no("max replicas per node limit exceed");
  return fixedHostPortsOf(spec).some(isTaken) ? no("host-mode port already in use on 1 node") : null;
};
