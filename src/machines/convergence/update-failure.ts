import { asFailure } from "../errors.js";
import type { Failure } from "../vocabulary.js";
import type { ServiceSnapshot } from "./stack.types.js";
import { describeService } from "./task-words.js";

/** By default the Swarm pauses a failed update: if the service has one task, nothing of it runs any more. */
const pausedHint =
  "The tasks of the new version say why; where the update stopped the version before does not come back: only `failure_action: rollback` under update_config does that.";

/** Whether the Swarm gives a service the spec of before, or has. */
export const isRolledBack = ({ update }: ServiceSnapshot): boolean => update?.state.startsWith("rollback") === true;

/** Why the Swarm's last update of a service failed; null if it succeeded, is still running, or never happened. */
export const updateFailure = (service: ServiceSnapshot, at: number): Failure | null => {
  const { name, update } = service;
  if (update === null) return null;
  const details = describeService(service, at);
  if (isRolledBack(service)) {
    const message = `${name} was rolled back: the version under test did not come up (${update.message})`;
    return asFailure({
      code: "rolled-back",
      message,
      hint: "The tasks of the new version say why; the version before runs on, or runs again.",
      details,
    });
  }
  return update.state === "paused"
    ? asFailure({ code: "update-paused", message: `the update of ${name} is paused: ${update.message}`, hint: pausedHint, details })
    : null;
};
