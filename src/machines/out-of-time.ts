import { formatDuration } from "./duration.js";
import { asFailure } from "./errors.js";
import type { Failure } from "./vocabulary.js";

const hint = "Raise --deadline, ask for fewer stages or bases, or find out what took so long: the run's log has the output so far.";

/** `what` had less than its own time, as the deadline was near, and `how` far it came in that. */
export const cutFailure = (what: string, ms: number, how: string, details: readonly string[] = []): Failure =>
  asFailure({ code: "out-of-time", message: `${what} was cut to ${formatDuration(ms)} by the deadline of the run, and ${how}`, hint, details });

/** `what` is not begun: it could not come to its end. */
export const noTimeFailure = (what: string, leastMs: number, leftMs: number): Failure => {
  const why = leftMs <= 0 ? "the deadline of the run has come" : `it takes ${formatDuration(leastMs)} at least, and the deadline of the run leaves ${formatDuration(leftMs)}`;
  return asFailure({ code: "out-of-time", message: `no time remains for ${what}: ${why}`, hint });
};

/** The run's time was over, which says nothing about what was tested. */
export const isOutOfTime = ({ code }: Failure): boolean => code === "out-of-time";
