import { dnsName } from "../../../src/effects/compose/forms.js";
import { emptyScope, fillTemplate } from "../../../src/effects/compose/swarm-template.js";
import { invalidArgument, refuse, refuseUnknown } from "../refusal.js";
import type { ContainerSpec, HealthConfig, ServiceSpec, UpdateConfig } from "../schema.js";

/** Checks the name of a service or of a network of the Swarm. */
export const assertName = (name: string): void => {
  if (!dnsName.takes(name)) invalidArgument("name must be valid as a DNS name component");
  if (name.length > 63) invalidArgument("name must be 63 characters or fewer");
};

const propagations = new Set(["", "rprivate", "private", "rslave", "slave", "rshared", "shared"]);

/** What the engine checks before a manager sees the spec (moby, daemon/cluster/convert). */
const assertWords = ({ TaskTemplate, UpdateConfig: update, RollbackConfig: rollback, EndpointSpec }: ServiceSpec): void => {
  const { Condition } = TaskTemplate.RestartPolicy ?? {};
  if (!["", "none", "on-failure", "any"].includes(Condition ?? "")) refuse(400, `invalid RestartCondition: ${JSON.stringify(Condition)}`);
  for (const config of [update, rollback]) {
    if (!["", "pause", "continue", "rollback"].includes(config?.FailureAction ?? ""))
      refuse(400, `unrecognized update failure action ${config?.FailureAction ?? ""}`);
    if (!["", "stop-first", "start-first"].includes(config?.Order ?? "")) refuse(400, `unrecognized update order ${config?.Order ?? ""}`);
  }
  for (const { BindOptions } of TaskTemplate.ContainerSpec.Mounts ?? []) {
    if (BindOptions !== undefined && !propagations.has(BindOptions.Propagation))
      refuse(400, `invalid MountPropagation: ${JSON.stringify(BindOptions.Propagation)}`);
  }
  if (!["", "vip", "dnsrr"].includes(EndpointSpec?.Mode ?? ""))
    refuse(400, `invalid resolution mode: ${JSON.stringify(EndpointSpec?.Mode)}`);
};

const assertResources = ({ TaskTemplate: { Resources = {} } }: ServiceSpec): void => {
  for (const { NanoCPUs = 0, MemoryBytes = 0 } of [Resources.Limits ?? {}, Resources.Reservations ?? {}]) {
    if (NanoCPUs !== 0 && NanoCPUs < 1e6) invalidArgument(`invalid cpu value ${NanoCPUs / 1e9}: Must be at least 0.001`);
    if (MemoryBytes !== 0 && MemoryBytes < 4 * 1024 ** 2) invalidArgument(`invalid memory value ${MemoryBytes}: Must be at least 4MiB`);
  }
};

const healthTimes = { Interval: "Interval", Timeout: "Timeout", StartPeriod: "StartPeriod", StartInterval: "StartInterval" } as const;

const assertHealth = (check: HealthConfig | undefined): void => {
  for (const [key, name] of Object.entries(healthTimes)) {
    const time = check?.[name] ?? 0;
    if (time !== 0 && time < 1e6) invalidArgument(`ContainerSpec: ${key} in HealthConfig cannot be less than 1ms`);
  }
};

/** A manager tries a spec's templates before it accepts it. Refuses those that the sandbox cannot fill in. */
const assertTemplates = ({ Env = [], Mounts = [], ...rest }: ContainerSpec): void => {
  const hostname = "Hostname" in rest && typeof rest.Hostname === "string" ? rest.Hostname : "";
  const texts = {
    env: Env.map((pair) => pair.slice(pair.indexOf("=") + 1)),
    mounts: Mounts.flatMap(({ Source = "", Target }) => [Source, Target]),
    hostname: [hostname],
  };
  for (const [what, all] of Object.entries(texts)) {
    for (const filled of all.map((text) => fillTemplate(text, emptyScope))) {
      if ("wrong" in filled) invalidArgument(`expanding ${what} failed: template: expansion: ${filled.wrong}`);
      if ("unknown" in filled) refuseUnknown(`such a template of ${what}`);
    }
  }
};

const assertUpdate = ({ Delay = 0, Monitor = 0, MaxFailureRatio = 0 }: UpdateConfig): void => {
  if (Delay < 0) invalidArgument("TaskSpec: update-delay cannot be negative");
  if (Monitor < 0) invalidArgument("TaskSpec: update-monitor cannot be negative");
  if (MaxFailureRatio < 0 || MaxFailureRatio > 1)
    invalidArgument("TaskSpec: update-maxfailureratio cannot be less than 0 or bigger than 1");
};

/** A job may have a rollback_config, which is always ignored, and treats the restart condition `any` like on-failure. */
const assertJob = ({ Mode, UpdateConfig: update }: ServiceSpec): void => {
  if ((Mode.ReplicatedJob !== undefined || Mode.GlobalJob !== undefined) && update !== undefined)
    invalidArgument("Jobs may not have an update config");
};

const assertPorts = ({ EndpointSpec }: ServiceSpec): void => {
  const published = (EndpointSpec?.Ports ?? [])
    .filter(({ PublishedPort = 0 }) => PublishedPort !== 0)
    .map(({ PublishedPort, Protocol = "tcp" }) => `${PublishedPort}/${Protocol}`);
  if (new Set(published).size < published.length) invalidArgument("EndpointSpec: duplicate published ports provided");
};

/** Refuses the numbers and words of a spec that a Swarm refuses (swarmkit, manager/controlapi/service.go). */
export const assertSpec = (spec: ServiceSpec): void => {
  assertWords(spec);
  assertResources(spec);
  const { Delay = 0, Window = 0 } = spec.TaskTemplate.RestartPolicy ?? {};
  if (Delay < 0) invalidArgument("TaskSpec: restart-delay cannot be negative");
  if (Window < 0) invalidArgument("TaskSpec: restart-window cannot be negative");
  assertTemplates(spec.TaskTemplate.ContainerSpec);
  assertHealth(spec.TaskTemplate.ContainerSpec.Healthcheck);
  assertJob(spec);
  assertUpdate(spec.UpdateConfig ?? {});
  assertPorts(spec);
};
