import { onEachNode, onNoNode } from "../../../src/effects/compose/own-networks.js";
import { findImage, missingImage } from "../container/images.js";
import { invalidArgument, refuse, refuseUnknown } from "../refusal.js";
import type { Mount, ServiceSpec, TaskTemplate } from "../schema.js";
import type { World } from "../world/world.js";
import { assertWithinSandbox } from "./beyond-sandbox.js";
import { badConstraint } from "./node.js";
import { assertName, assertSpec } from "./spec-rules.js";

const assertNetworks = (world: World, { Networks }: TaskTemplate): void => {
  for (const { Target } of Networks ?? []) {
    const network = world.findNetwork(Target);
    const predefined = network?.Name ?? Target;
    if (onNoNode.has(predefined)) refuse(500, `could not find the corresponding predefined swarm network: network ${predefined} not found`);
    if (network === null || network.doomed === true) refuse(404, `network ${network?.Name ?? Target} not found`);
    if (network?.Name === "ingress") invalidArgument('Service cannot be explicitly attached to the ingress network "ingress"');
    if (network?.Scope === "local" && !onEachNode.has(network.Name))
      refuse(
        403,
        `The network ${network.Name} cannot be used with services. Only networks scoped to the swarm can be used, such as those created with the overlay driver.`,
      );
  }
};

const assertMounts = (mounts: readonly Mount[]): void => {
  const targets = mounts.map(({ Target }) => Target);
  const twice = targets.find((target, index) => targets.indexOf(target) !== index);
  if (twice !== undefined) invalidArgument(`ContainerSpec: duplicate mount point: ${twice}`);
  for (const { Type } of mounts) if (!["volume", "bind", "tmpfs"].includes(Type)) refuseUnknown(`mounts of the type ${Type}`);
};

/** Refuses what a manager of a Swarm refuses in a spec before it acts on it. */
const validated = (world: World, spec: ServiceSpec): ServiceSpec => {
  const { TaskTemplate, Name } = spec;
  if (TaskTemplate?.ContainerSpec === undefined) refuse(400, "mismatched Runtime and *Spec fields");
  if (Name === undefined || Name === "") invalidArgument("name must be provided");
  assertName(Name);
  assertSpec(spec);
  assertWithinSandbox(spec);
  const { Image, Secrets = [], Configs = [], Mounts = [] } = TaskTemplate.ContainerSpec;
  if (Image === undefined || Image === "") invalidArgument("ContainerSpec: image reference must be provided");
  if (findImage(Image) === null) refuse(400, missingImage(Image));
  assertNetworks(world, TaskTemplate);
  for (const { SecretName } of Secrets) if (!world.secrets.has(SecretName)) invalidArgument(`secret not found: ${SecretName}`);
  for (const { ConfigName } of Configs) if (!world.configs.has(ConfigName)) invalidArgument(`config not found: ${ConfigName}`);
  assertMounts(Mounts);
  const constraint = badConstraint(spec);
  if (constraint !== null) refuse(500, `rpc error: code = Unknown desc = ${constraint}`);
  const hostPorts =
    spec.EndpointSpec?.Mode === "dnsrr" ? (spec.EndpointSpec.Ports ?? []).filter(({ PublishMode }) => PublishMode !== "host") : [];
  if (hostPorts.length > 0) invalidArgument("EndpointSpec: port published with ingress mode can't be used with dnsrr mode");
  return spec;
};

/** The same, with its networks by id. */
const withIds = (world: World, spec: ServiceSpec): ServiceSpec => {
  const { Networks } = spec.TaskTemplate;
  if (Networks === undefined) return spec;
  return {
    ...spec,
    TaskTemplate: {
      ...spec.TaskTemplate,
      Networks: Networks.map((one) => ({ ...one, Target: world.findNetwork(one.Target)?.Id ?? one.Target })),
    },
  };
};

/** The spec that a Swarm's manager keeps of a call's body, which it refuses if it does not accept that. */
export const acceptedSpec = (world: World, body: unknown): ServiceSpec => withIds(world, validated(world, body as ServiceSpec));
