import { RunError } from "../../machines/errors.js";

export const noSuchCommand = (file: string): RunError =>
  new RunError("no-such-command", `${file}: no such command`, {
    hint: "Is it installed and on PATH? Try: recipe-ci doctor",
  });

const cannotStart = (file: string, why: string): RunError =>
  new RunError("cannot-start", `${file} could not be started: ${why}`, {
    hint: "Has the host run out of processes or memory, or is the run's folder gone?",
  });

/** If the kernel refused, it is the host's trouble. If node itself refused, it is our bug, and the error stays as it is. */
export const notStarted = (
  file: string,
  { cause, originalMessage }: { readonly cause?: unknown; readonly originalMessage?: string | undefined },
): unknown => (cause instanceof Error && !("syscall" in cause) ? cause : cannotStart(file, originalMessage ?? "no process could be made"));
