import { asFailure } from "../errors.js";
import type { Failure } from "../vocabulary.js";
import type { ServiceSnapshot } from "./stack.types.js";
import { describeService } from "./task-words.js";

/** By default the Swarm leaves a failed update where it is: of a service with one task, nothing runs any more. */
const pausedHint = "The tasks of the new version say why; where the update stopped the version before does not come back: only `failure_action: rollback` under update_config does that.";

/** Why the update that the Swarm has on record for a service failed; null where it goes on, went well, or never was. */
export const updateFailure = (service: ServiceSnapshot, at: number): Failure | null => {
  const { name, update } = service;
  if (update === null) return null;
  const details = describeService(service, at);
  if (update.state.startsWith("rollback")) {
    const message = `${name} was rolled back: the version under test did not come up (${update.message})`;
    return asFailure({ code: "rolled-back", message, hint: "The tasks of the new version say why; the version before runs on, or runs again.", details });
  }
  return update.state === "paused" ? asFailure({ code: "update-paused", message: `the update of ${name} is paused: ${update.message}`, hint: pausedHint, details }) : null;
};
