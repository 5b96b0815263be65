import type { RestartPolicy } from "../../engine/schema.js";
import { isMap, type Yaml } from "../compose/schema.js";
import { refuse } from "../refusal.js";
import { given, number, said, section } from "./fields.js";

/** A service's restart policy. Its key `restart` counts if there is no policy. */
export const restartOf = (service: Yaml): RestartPolicy | undefined => {
  const policy = section(service, "deploy")["restart_policy"];
  if (isMap(policy)) {
    // The Swarm refuses an unknown condition.
    const condition = said(policy["condition"]) as RestartPolicy["Condition"];
    return given<RestartPolicy>({
      Condition: condition,
      Delay: number(policy["delay"]),
      MaxAttempts: number(policy["max_attempts"]),
      Window: number(policy["window"]),
    });
  }
  const [word = "", attempts = ""] = String(service["restart"] ?? "").split(":");
  if (word === "" && String(service["restart"] ?? "") !== "") refuse("invalid restart policy format: no policy provided before colon");
  if (attempts !== "" && !/^[-+]?\d+$/.test(attempts)) refuse("invalid restart policy format: maximum retry count must be an integer");
  if (word === "always" || word === "unless-stopped") return { Condition: "any" };
  if (word === "on-failure") return { Condition: "on-failure", MaxAttempts: Number(attempts) };
  return word === "" || word === "no" ? undefined : refuse(`unknown restart policy: ${String(service["restart"])}`);
};
