import type { Asked, RestartCondition, ServiceSnapshot, StackSnapshot, TaskSnapshot } from "../../machines/convergence/stack.types.js";
import { sha256 } from "../sha256.js";
import { canonicalText } from "./canonical-text.js";
import type { Service, ServiceMode, Task, TaskSpec } from "./engine-schema.js";

const timeOf = (text: string | undefined): number => {
  const ms = Date.parse(text ?? "");
  return Number.isNaN(ms) ? 0 : ms;
};

/** The latest date in any of them, by the engine's clock; 0 if there is none. ms */
export const latestIn = (services: readonly Service[], tasks: readonly Task[]): number =>
  Math.max(
    0,
    ...services.map(({ CreatedAt, UpdatedAt }) => timeOf(UpdatedAt ?? CreatedAt)),
    ...tasks.map(({ Status }) => timeOf(Status.Timestamp)),
  );

/** `Runtime` is in a service's template but not in the tasks made from it. */
const specText = (spec: TaskSpec & { readonly Runtime?: string } = {}): string => {
  const { Runtime: _, ...rest } = spec;
  return canonicalText(rest);
};

/** Forcing makes the tasks anew as they are. */
const askedOf = ({ Spec: spec }: Service): Asked => {
  const { ForceUpdate: _, ContainerSpec: { Image: image = "", ...container } = {}, ...task } = spec.TaskTemplate ?? {};
  const { Replicated: { Replicas: replicas = null } = {}, ...mode } = spec.Mode ?? {};
  const rest = { ...spec, TaskTemplate: { ...task, ContainerSpec: container }, Mode: mode };
  return { image, replicas, rest: sha256(canonicalText(rest)).slice(0, 16) };
};

const modes: Readonly<Record<keyof ServiceMode, ServiceSnapshot["mode"]>> = {
  Replicated: "replicated",
  Global: "global",
  ReplicatedJob: "replicated-job",
  GlobalJob: "global-job",
};

const modeOf = ({ Spec: { Mode = {} } }: Service): ServiceSnapshot["mode"] => {
  for (const key of ["Global", "ReplicatedJob", "GlobalJob"] as const) if (Mode[key] !== undefined) return modes[key];
  return "replicated";
};

/** How many nodes the Swarm has chosen, including those where it has given up. */
const chosenPlaces = (tasks: readonly TaskSnapshot[]): number =>
  new Set(
    tasks
      .filter(
        ({ current, desired, state }) =>
          current &&
          (["running", "ready", "complete"].includes(desired) || state === "failed" || state === "rejected" || state === "complete"),
      )
      .map(({ place }) => place),
  ).size;

const wantedOf = ({ Spec: { Mode = {} } }: Service, mode: ServiceSnapshot["mode"], tasks: readonly TaskSnapshot[]): number => {
  if (mode === "replicated") return Mode.Replicated?.Replicas ?? 1;
  return mode === "replicated-job" ? (Mode.ReplicatedJob?.TotalCompletions ?? Mode.ReplicatedJob?.MaxConcurrent ?? 1) : chosenPlaces(tasks);
};

const ended = new Set(["complete", "failed", "shutdown", "rejected"]);

const taskOf = (task: Task, service: Service, specOfService: string, unreported: ReadonlySet<string>): TaskSnapshot => {
  const { Status: status } = task;
  const container = status.ContainerStatus?.ContainerID;
  return {
    id: task.ID,
    place: task.Slot === undefined || task.Slot === 0 ? (task.NodeID ?? "") : String(task.Slot),
    desired: task.DesiredState,
    state: unreported.has(task.ID) ? "unreported" : status.State,
    since: timeOf(status.Timestamp),
    created: timeOf(task.CreatedAt),
    current: specText(task.Spec) === specOfService && (task.JobIteration?.Index ?? 0) === (service.JobStatus?.JobIteration?.Index ?? 0),
    error: status.Err ?? null,
    exitCode: ended.has(status.State) && container !== undefined && container !== "" ? (status.ContainerStatus?.ExitCode ?? 0) : null,
    container: container === undefined || container === "" ? null : container,
  };
};

const nanoseconds = 1_000_000;

const serviceOf = (service: Service, tasks: readonly Task[], unreported: ReadonlySet<string>): ServiceSnapshot => {
  const { Spec: spec, UpdateStatus: update } = service;
  const mode = modeOf(service);
  const policy = spec.TaskTemplate?.RestartPolicy;
  const monitor = spec.UpdateConfig?.Monitor;
  const specOfService = specText(spec.TaskTemplate);
  const own = tasks.filter(({ ServiceID }) => ServiceID === service.ID).map((task) => taskOf(task, service, specOfService, unreported));
  const condition: RestartCondition = policy?.Condition ?? (mode.endsWith("job") ? "on-failure" : "any");
  return {
    name: spec.Name,
    version: service.Version?.Index ?? 0,
    asked: askedOf(service),
    mode,
    wanted: wantedOf(service, mode, own),
    updated: timeOf(service.UpdatedAt ?? service.CreatedAt),
    restart: { condition, maxAttempts: policy?.MaxAttempts ?? 0 },
    monitorMs: monitor === undefined || monitor === 0 ? null : monitor / nanoseconds,
    update:
      update?.State === undefined ? null : { state: update.State, message: update.Message ?? "", startedAt: update.StartedAt ?? null },
    tasks: own.toSorted((one, other) => other.created - one.created),
  };
};

/**
 * The Engine's services and tasks of one stack in the form that the charts use. `at`: the engine's time of the look.
 * `unreported`: tasks that are known not to run, whatever the Swarm says.
 */
export const stackSnapshot = (
  at: number,
  services: readonly Service[],
  tasks: readonly Task[],
  unreported: ReadonlySet<string> = new Set(),
): StackSnapshot => ({
  at,
  services: services.map((service) => serviceOf(service, tasks, unreported)).toSorted((one, other) => (one.name < other.name ? -1 : 1)),
});
