import { isRunError, RunError } from "../../machines/errors.js";
import { formatDuration } from "../../machines/duration.js";
import type { Abra } from "./abra.js";

const unusable = (why: string, cause?: unknown): RunError =>
  new RunError("abra-unusable", `abra cannot print its version: ${why}`, {
    hint: "Set CCCI_ABRA to a working abra; then: recipe-ci doctor",
    cause,
  });

/**
 * Checks that abra can be started and prints its version. Throws `abra-unusable` or `no-such-command`, exit code 69: abra was not told
 * of any app yet, so a refusal or a hang is not the recipe's failure.
 */
export const assertAbra = async (abra: Abra, signal: AbortSignal, limitMs = 15_000): Promise<void> => {
  const { fatal } = await abra(["--version"], { signal, limitMs }).catch((error: unknown) => {
    throw isRunError(error) && error.code === "abra-hung" ? unusable(`it did not end within ${formatDuration(limitMs)}`, error) : error;
  });
  if (fatal !== null) throw unusable(fatal);
};
