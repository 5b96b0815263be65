import { onEachNode, onNoNode } from "../../../src/effects/compose/own-networks.js";
import { findImage, missingImage } from "../container/images.js";
import { invalidArgument, refuse, refuseUnknown } from "../refusal.js";
import type { Port, Service, ServiceSpec } from "../schema.js";
import { assertWithinSandbox } from "../swarm/beyond-sandbox.js";
import { badConstraint } from "../swarm/node.js";
import { assertName, assertSpec } from "../swarm/spec-rules.js";
import { startOfUpdate } from "../swarm/rollout.js";
import { keyOf } from "../swarm/task-record.js";
import { modeOf } from "../service-mode.js";
import { newId, now } from "../world/place.js";
import type { World } from "../world/world.js";
import { hasId, hasLabels, hasName, parseFilters } from "./filters.js";
import { logsOf } from "./log-stream.js";
import { created, ok, type Ask, type Engine, type Route } from "./route.js";

const find = ({ engine: { world }, of }: Ask): Service => world.findService(of("id")) ?? refuse(404, `service ${of("id")} not found`);

const firstIngressPort = 30_000;

const statusOf = ({ world, swarm }: Engine, service: Service): object => {
  const iteration = service.JobStatus?.JobIteration.Index ?? 0;
  const tasks = world.tasks.all().filter(({ task }) => task.ServiceID === service.ID && (task.JobIteration?.Index ?? 0) === iteration);
  return {
    RunningTasks: tasks.filter(
      ({ task }) => task.Status.State === "running" && (task.DesiredState === "running" || task.DesiredState === "complete"),
    ).length,
    DesiredTasks: swarm.desired(service),
    CompletedTasks: service.JobStatus === undefined ? 0 : tasks.filter(({ task }) => task.Status.State === "complete").length,
  };
};

const isSame = (one: Port, other: Port): boolean =>
  (one.PublishedPort ?? 0) !== 0 && one.PublishedPort === other.PublishedPort && (one.Protocol ?? "tcp") === (other.Protocol ?? "tcp");

/** Refuses a port of the mesh that another service has. Conflicts of ports in host mode are the scheduler's. */
const assertNoConflict = (wanted: readonly Port[], { ID, Spec: { Name }, Endpoint }: Service): void => {
  for (const port of Endpoint.Ports ?? []) {
    const isOfHost = port.PublishMode === "host";
    if (!wanted.some((one) => isSame(one, port) && !(isOfHost && one.PublishMode === "host"))) continue;
    invalidArgument(
      `port '${port.PublishedPort ?? 0}' is already in use by service '${Name}' (${ID}) as ${isOfHost ? "a host-published" : "an ingress"} port`,
    );
  }
};

/** The ports that a spec asks for, with a free one of the mesh if it names none. */
const endpointOf = (world: World, spec: ServiceSpec, own: Service | null): Service["Endpoint"] => {
  const others = world.services.all().filter(({ ID }) => ID !== own?.ID);
  for (const other of others) assertNoConflict(spec.EndpointSpec?.Ports ?? [], other);
  const taken = new Set(others.flatMap(({ Endpoint }) => (Endpoint.Ports ?? []).map(({ PublishedPort = 0 }) => PublishedPort)));
  const before = own?.Endpoint.Ports ?? [];
  const published = (port: Port): Port => {
    if (port.PublishMode === "host") return port;
    const wanted = port.PublishedPort ?? 0;
    if (wanted !== 0) return { ...port, PublishMode: "ingress" };
    const kept = before.find(({ TargetPort, PublishMode }) => TargetPort === port.TargetPort && PublishMode === "ingress")?.PublishedPort;
    let free = kept ?? firstIngressPort;
    while (kept === undefined && taken.has(free)) free += 1;
    taken.add(free);
    return { ...port, PublishMode: "ingress", PublishedPort: free };
  };
  const ports = (spec.EndpointSpec?.Ports ?? []).map(published);
  return { Spec: spec.EndpointSpec ?? {}, ...(ports.length === 0 ? {} : { Ports: ports }) };
};

/** Refuses what a manager of a Swarm refuses in a spec before it acts on it. */
const validate = (world: World, spec: ServiceSpec): ServiceSpec => {
  const { TaskTemplate, Name } = spec;
  if (TaskTemplate?.ContainerSpec === undefined) refuse(400, "mismatched Runtime and *Spec fields");
  if (Name === undefined || Name === "") invalidArgument("name must be provided");
  assertName(Name);
  assertSpec(spec);
  assertWithinSandbox(spec);
  const { Image, Secrets = [], Configs = [], Mounts = [] } = TaskTemplate.ContainerSpec;
  if (Image === undefined || Image === "") invalidArgument("ContainerSpec: image reference must be provided");
  if (findImage(Image) === null) refuse(400, missingImage(Image));
  for (const { Target } of TaskTemplate.Networks ?? []) {
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
  for (const { SecretName } of Secrets) if (!world.secrets.has(SecretName)) invalidArgument(`secret not found: ${SecretName}`);
  for (const { ConfigName } of Configs) if (!world.configs.has(ConfigName)) invalidArgument(`config not found: ${ConfigName}`);
  const targets = Mounts.map(({ Target }) => Target);
  const twice = targets.find((target, index) => targets.indexOf(target) !== index);
  if (twice !== undefined) invalidArgument(`ContainerSpec: duplicate mount point: ${twice}`);
  for (const { Type } of Mounts) if (!["volume", "bind", "tmpfs"].includes(Type)) refuseUnknown(`mounts of the type ${Type}`);
  const constraint = badConstraint(spec);
  if (constraint !== null) refuse(500, `rpc error: code = Unknown desc = ${constraint}`);
  const hostPorts =
    spec.EndpointSpec?.Mode === "dnsrr" ? (spec.EndpointSpec.Ports ?? []).filter(({ PublishMode }) => PublishMode !== "host") : [];
  if (hostPorts.length > 0) invalidArgument("EndpointSpec: port published with ingress mode can't be used with dnsrr mode");
  return spec;
};

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

const jobStatus = (spec: ServiceSpec, index: number): Pick<Service, "JobStatus"> =>
  modeOf(spec).endsWith("job") ? { JobStatus: { JobIteration: index === 0 ? {} : { Index: index }, LastExecution: now() } } : {};

const create = ({ engine, body }: Ask): string => {
  const { world, swarm } = engine;
  const spec = withIds(world, validate(world, body as unknown as ServiceSpec));
  const same = world.services.get(spec.Name);
  if (same !== null)
    refuse(409, `rpc error: code = AlreadyExists desc = name conflicts with an existing object: service ${spec.Name} already exists`);
  const at = now();
  const service: Service = {
    ID: newId(),
    Version: world.nextVersion(),
    CreatedAt: at,
    UpdatedAt: at,
    Spec: spec,
    Endpoint: endpointOf(world, spec, null),
    ...jobStatus(spec, 0),
  };
  world.services.put(service);
  world.bulletin.say("service", "create", service.ID, { name: spec.Name }, "swarm");
  swarm.keep(service);
  return service.ID;
};

const update = (ask: Ask): void => {
  const { engine, body, query } = ask;
  const { world, swarm } = engine;
  const asked = query.get("rollback") ?? "";
  if (!["", "none", "previous"].includes(asked)) refuse(500, `unrecognized rollback option ${asked}`);
  const rollback = asked === "previous";
  const before = find(ask);
  if (Number(query.get("version")) !== before.Version.Index) refuse(400, "rpc error: code = Unknown desc = update out of sequence");
  if (rollback && before.PreviousSpec === undefined)
    refuse(400, `rpc error: code = FailedPrecondition desc = service ${before.ID} does not have a previous spec`);
  const spec =
    rollback && before.PreviousSpec !== undefined ? before.PreviousSpec : withIds(world, validate(world, body as unknown as ServiceSpec));
  if (spec.Name !== before.Spec.Name) refuse(501, "rpc error: code = Unimplemented desc = renaming services is not supported");
  if (modeOf(spec) !== modeOf(before.Spec)) refuse(501, "rpc error: code = Unimplemented desc = service mode change is not allowed");
  const { UpdateStatus: _, JobStatus, ...rest } = before;
  const isRolling = JobStatus === undefined && swarm.desired(before) > 0 && keyOf(spec) !== keyOf(before.Spec);
  const started = startOfUpdate();
  const service: Service = {
    ...rest,
    Version: world.nextVersion(),
    UpdatedAt: now(),
    PreviousSpec: before.Spec,
    Spec: spec,
    Endpoint: endpointOf(world, spec, before),
    ...jobStatus(spec, (JobStatus?.JobIteration.Index ?? 0) + 1),
    ...(isRolling
      ? { UpdateStatus: rollback ? { ...started, State: "rollback_started" as const, Message: "manually requested rollback" } : started }
      : {}),
  };
  world.services.put(service);
  world.bulletin.say(
    "service",
    "update",
    service.ID,
    { name: spec.Name, ...(isRolling ? { "updatestate.new": "updating" } : {}) },
    "swarm",
  );
  swarm.keep(service);
};

export const serviceRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/services",
    words: ["service ls"],
    answer: ({ engine, query, is }) => {
      const filters = parseFilters(query, ["id", "label", "mode", "name"], ["runtime"]);
      const found = engine.world.services
        .all()
        .filter(
          (service) =>
            hasLabels(service.Spec.Labels ?? {}, filters.of("label")) &&
            hasName(service.Spec.Name, filters.of("name")) &&
            hasId(service.ID, filters.of("id")) &&
            (filters.of("mode").length === 0 || filters.of("mode").includes(modeOf(service.Spec))),
        );
      return ok(found.map((service) => (is("status") ? { ...service, ServiceStatus: statusOf(engine, service) } : service)));
    },
  },
  { method: "POST", path: "/services/create", words: ["service create"], answer: (ask) => created({ ID: create(ask) }) },
  { method: "GET", path: "/services/:id", words: ["service inspect"], answer: (ask) => ok(find(ask)) },
  {
    method: "POST",
    path: "/services/:id/update",
    words: ["service update", "service scale"],
    answer: (ask) => {
      update(ask);
      return ok({ Warnings: null });
    },
  },
  {
    method: "DELETE",
    path: "/services/:id",
    words: ["service rm"],
    answer: (ask) => {
      const service = find(ask);
      ask.engine.world.services.drop(service.Spec.Name);
      ask.engine.world.bulletin.say("service", "remove", service.ID, { name: service.Spec.Name }, "swarm");
      ask.engine.swarm.release(service);
      return { status: 200 };
    },
  },
  {
    method: "GET",
    path: "/services/:id/logs",
    words: ["service logs"],
    answer: (ask) => {
      const service = find(ask);
      return logsOf(ask, () =>
        ask.engine.world.tasks
          .all()
          .filter(({ task }) => task.ServiceID === service.ID)
          .map(({ task }) => task),
      );
    },
  },
];
