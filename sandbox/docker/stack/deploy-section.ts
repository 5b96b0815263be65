import type { Mode, TaskTemplate, UpdateConfig } from "../../engine/schema.js";
import { isMap, type Yaml } from "../compose/schema.js";
import { refuse } from "../refusal.js";
import { given, number, said, section, texts } from "./fields.js";

/** How many tasks a service wants, and whether they are a job. */
export const modeOf = (deploy: Yaml): Mode => {
  const mode = said(deploy["mode"]) ?? "replicated";
  const replicas = number(deploy["replicas"]) ?? null;
  if (mode === "replicated") return { Replicated: { Replicas: replicas ?? 1 } };
  if (mode === "replicated-job") return { ReplicatedJob: { MaxConcurrent: replicas ?? 1, TotalCompletions: replicas ?? 1 } };
  if (mode !== "global" && mode !== "global-job") return refuse(`Unknown mode: ${mode}`);
  if (replicas !== null) refuse("replicas can only be used with replicated or replicated-job mode");
  return mode === "global" ? { Global: {} } : { GlobalJob: {} };
};

/** What an update or a rollback does; undefined if the files say nothing about it. */
export const updateOf = (config: unknown): UpdateConfig | undefined =>
  isMap(config)
    ? given<UpdateConfig>({
        Parallelism: number(config["parallelism"]) ?? 1,
        Delay: number(config["delay"]),
        // The Swarm refuses an unknown action.
        FailureAction: (said(config["failure_action"]) ?? "pause") as UpdateConfig["FailureAction"],
        Monitor: number(config["monitor"]),
        MaxFailureRatio: number(config["max_failure_ratio"]) ?? 0,
        Order: (said(config["order"]) ?? "stop-first") as UpdateConfig["Order"],
      })
    : undefined;

const spread = (value: unknown): readonly object[] | undefined =>
  Array.isArray(value) ? value.map((one: Yaml) => ({ Spread: { SpreadDescriptor: String(one["spread"] ?? "") } })) : undefined;

/** Which nodes may run a service's tasks. */
export const placementOf = (deploy: Yaml): NonNullable<TaskTemplate["Placement"]> => {
  const placement = section(deploy, "placement");
  return given<object>({
    Constraints: texts(placement["constraints"]),
    Preferences: spread(placement["preferences"]),
    MaxReplicas: number(placement["max_replicas_per_node"]),
  });
};
