import { refuse } from "../refusal.js";
import type { Service, ServiceSpec } from "../schema.js";
import { modeOf } from "../service-mode.js";
import { acceptedSpec } from "../swarm/accepted-spec.js";
import { endpointOf } from "../swarm/endpoint.js";
import { startOfUpdate } from "../swarm/rollout.js";
import { keyOf } from "../swarm/task-record.js";
import { newId, now } from "../world/place.js";
import { hasId, hasLabels, hasName, parseFilters } from "./filters.js";
import { logsOf } from "./log-stream.js";
import { created, ok, type Ask, type Engine, type Route } from "./route.js";

const find = ({ engine: { world }, of }: Ask): Service => world.findService(of("id")) ?? refuse(404, `service ${of("id")} not found`);

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

const jobStatus = (spec: ServiceSpec, index: number): Pick<Service, "JobStatus"> =>
  modeOf(spec).endsWith("job") ? { JobStatus: { JobIteration: index === 0 ? {} : { Index: index }, LastExecution: now() } } : {};

const create = ({ engine, body }: Ask): string => {
  const { world, swarm } = engine;
  const spec = acceptedSpec(world, body);
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
  const spec = rollback && before.PreviousSpec !== undefined ? before.PreviousSpec : acceptedSpec(world, body);
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
