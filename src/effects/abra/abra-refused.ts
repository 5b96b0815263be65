import { RunError } from "../../machines/errors.js";
import type { SettledCode } from "../../machines/failures.js";
import { saysHostLacks } from "./abra-texts.js";
import { saysBeyondSandbox } from "./beyond-sandbox.js";

/** The failure of a verb that abra refused: `host-lacks` if its message is the system's, else the given one. */
export const abraRefused = (code: SettledCode, message: string, said: string): RunError =>
  saysHostLacks(said)
    ? new RunError("host-lacks", `${message}: ${said}`, { hint: "The line above is what the system said. Try: recipe-ci doctor" })
    : new RunError(code, `${message}: ${said}`, {
        hint: saysBeyondSandbox(said) ? "Run it on a Swarm, without --sandbox." : "The run's log has all of abra's output.",
      });
