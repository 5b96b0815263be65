import { RunError } from "../../machines/errors.js";
import type { SettledCode } from "../../machines/failures.js";
import { saysDockerAway, saysHostLacks, saysSwarmAway } from "./abra-texts.js";
import { saysBeyondSandbox } from "./beyond-sandbox.js";

const awayHint = "Who restarts docker, or takes its node out of the Swarm, while runs are on? This says nothing about the recipe.";

/** The code and hint of a refusal whose reason is the host's, or null. */
const hostsReason = (said: string): readonly [code: SettledCode, hint: string] | null => {
  if (saysHostLacks(said)) return ["host-lacks", "The line above is what the system said. Try: recipe-ci doctor"];
  if (saysDockerAway(said)) return ["docker-unreachable", awayHint];
  return saysSwarmAway(said) ? ["no-swarm", awayHint] : null;
};

/** The failure of a verb that abra refused: the host's where its message is the system's, or docker's for being away, else the given one. */
export const abraRefused = (code: SettledCode, message: string, said: string): RunError => {
  const [told, hint] = hostsReason(said) ?? [
    code,
    saysBeyondSandbox(said) ? "Run it on a Swarm, without --sandbox." : "The run's log has all of abra's output.",
  ];
  return new RunError(told, `${message}: ${said}`, { hint });
};
