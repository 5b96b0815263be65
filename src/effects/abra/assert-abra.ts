import { RunError } from "../../machines/errors.js";
import type { Abra } from "./abra.js";

const limitMs = 15_000;

/** Checks that abra can be started and prints its version. Throws `abra-unusable` or `no-such-command`, exit code 69. */
export const assertAbra = async (abra: Abra, signal: AbortSignal): Promise<void> => {
  const { fatal } = await abra(["--version"], { signal, limitMs });
  if (fatal === null) return;
  throw new RunError("abra-unusable", `abra cannot print its version: ${fatal}`, {
    hint: "Set CCCI_ABRA to a working abra; then: recipe-ci doctor",
  });
};
