import type { Service, ServiceSpec, Task, TaskState } from "../schema.js";
import { now } from "../world/place.js";

/** What a task is made from: a service whose key is another has tasks to replace. */
export const keyOf = ({ TaskTemplate, EndpointSpec: { Mode = "vip", Ports = [] } = {} }: ServiceSpec): string => JSON.stringify([TaskTemplate, Mode, Ports]);

export interface NewTask {
  readonly id: string;
  readonly version: Task["Version"];
  readonly service: Service;
  /** Null where a service has none: global ones and jobs. */
  readonly slot: number | null;
  readonly desired: TaskState;
  readonly isJob: boolean;
}

/** A task as the API shows it before anything was done for it. */
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
