import { folderLost } from "../../effects/record/folder-lost.js";
import { failureFrom } from "../../machines/errors.js";
import type { RunOutput } from "../../machines/run/run.types.js";
import { exitCodeFor, failureOf } from "../../machines/run/verdict.js";
import type { Verdict } from "../../machines/vocabulary.js";

/**
 * The outcome of a run whose folder somebody removed or replaced while it ran. The folder had its clone and the copies of
 * its tests: the run may have failed because they were gone, or passed with fewer tests than it should have run. So
 * neither verdict stands; a stop does.
 */
export const afterLostFolder = (output: RunOutput, runDir: string): RunOutput => {
  if (output.verdict.kind === "stopped") return output;
  const failure = failureOf(output.verdict);
  const details =
    failure === null ? ["what was left of its tests had passed"] : [`${failure.code}: ${failure.message}`, ...failure.details];
  const lost = folderLost(`the run's folder ${runDir} was removed or replaced in mid-run`, details);
  const verdict: Verdict = { kind: "failed", failure: failureFrom(lost) };
  return { ...output, verdict, exitCode: exitCodeFor(verdict, output.cleanliness) };
};
