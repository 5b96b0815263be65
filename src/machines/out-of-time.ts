import { formatDuration } from "./duration.js";
import { asFailure } from "./errors.js";
import type { Failure } from "./vocabulary.js";

const hint = "Raise --deadline, ask for fewer stages or bases, or find out what took so long: the run's log has the output so far.";

/** The failure of work that had less than its own time because the deadline was near. `how`: how far it got. */
export const cutFailure = (what: string, ms: number, how: string, details: readonly string[] = []): Failure =>
  asFailure({
    code: "out-of-time",
    message: `${what} was cut to ${formatDuration(ms)} by the deadline of the run, and ${how}`,
    hint,
    details,
  });

/** The failure of work that is not begun, because the deadline leaves it too little time. */
export const noTimeFailure = (what: string, leastMs: number, leftMs: number): Failure => {
  const why =
    leftMs <= 0
      ? "the deadline of the run has come"
      : `it takes ${formatDuration(leastMs)} at least, and the deadline of the run leaves ${formatDuration(leftMs)}`;
  return asFailure({ code: "out-of-time", message: `no time remains for ${what}: ${why}`, hint });
};

/** Whether the run ran out of time, which says nothing about what was tested. */
export const isOutOfTime = ({ code }: Failure): boolean => code === "out-of-time";
