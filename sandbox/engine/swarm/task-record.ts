import type { Service, ServiceSpec, Task, TaskState } from "../schema.js";
import { now } from "../world/place.js";

/** A key of what a task is made from: if a service's key changes, its tasks must be replaced. */
export const keyOf = ({ TaskTemplate, EndpointSpec: { Mode = "vip", Ports = [] } = {} }: ServiceSpec): string =>
  JSON.stringify([TaskTemplate, Mode, Ports]);

interface NewTask {
  readonly id: string;
  readonly version: Task["Version"];
  readonly service: Service;
  /** Null for global services and jobs, which have no slots. */
  readonly slot: number | null;
  readonly desired: TaskState;
  readonly isJob: boolean;
}

/** A new task as the API shows it, before anything has been done. */
export const newTask = ({ id, version, service, slot, desired, isJob }: NewTask): Task => {
  const { Runtime: _, ...spec } = service.Spec.TaskTemplate;
  const at = now();
  return {
    ID: id,
    Version: version,
    CreatedAt: at,
    UpdatedAt: at,
    Labels: {},
    Spec: spec,
    ServiceID: service.ID,
    ...(slot === null || slot === 0 ? {} : { Slot: slot }),
    Status: { Timestamp: at, State: "new", Message: "created", PortStatus: {} },
    DesiredState: desired,
    ...(isJob ? { JobIteration: service.JobStatus?.JobIteration ?? {} } : {}),
  };
};
