import type { ServiceSpec } from "./schema.js";

/** A service's mode, by its word in a compose file and in the engine's filters. */
export const modeOf = ({ Mode }: ServiceSpec): "replicated" | "global" | "replicated-job" | "global-job" => {
  if (Mode.Global !== undefined) return "global";
  if (Mode.ReplicatedJob !== undefined) return "replicated-job";
  return Mode.GlobalJob === undefined ? "replicated" : "global-job";
};
