import { RunError } from "../../machines/errors.js";
import { stopCodes } from "../../machines/run/verdict.js";
import type { Stops } from "./stops.js";

/** Rejects at the first stop with `stopped` and that stop's exit code. `hint`: what happens to the work. Never resolves. */
export const whenStopped = ({ stops }: Stops, hint: string): Promise<never> =>
  new Promise((_, reject) => {
    stops.subscribe(({ cause }) => reject(new RunError({ code: "stopped", exitCode: stopCodes[cause] }, `stopped by ${cause}`, { hint })));
  });
