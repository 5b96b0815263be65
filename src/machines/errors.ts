import type { ExitCode, Failure } from "./vocabulary.js";

/**
 * A failure someone can act on. The message says what happened and to what; the hint says what to do next.
 *
 * `code` is for switches and records: never rename one.
 */
export class RunError extends Error {
  readonly code: string;
  readonly hint: string;
  readonly exitCode: ExitCode;
  readonly details: readonly string[];

  constructor(
    code: string,
    message: string,
    given: { hint: string; exitCode: ExitCode; details?: readonly string[]; cause?: unknown },
  ) {
    super(message, { cause: given.cause });
    this.name = "RunError";
    this.code = code;
    this.hint = given.hint;
    this.exitCode = given.exitCode;
    this.details = given.details ?? [];
  }
}

/** By name and not by class: seldom used commands are bundles of their own, each with its own copy of the class. */
export const isRunError = (error: unknown): error is RunError => error instanceof Error && error.name === "RunError";

/** What a host can run out of, or forbid, whatever we do: by the system's name for it. */
const hostTroubles: Readonly<Record<string, readonly [code: string, hint: string]>> = {
  ENOSPC: ["no-space", "Free some space there; then: recipe-ci doctor"],
  EDQUOT: ["no-space", "The disk quota is used up: free some space; then: recipe-ci doctor"],
  EFBIG: ["no-space", "A limit on the size of files is set (ulimit -f): raise it."],
  EROFS: ["cannot-write", "The file system is read-only: mount it for writing, or choose another folder."],
  EIO: ["disk-broken", "The disk does not answer: dmesg says more."],
  EMFILE: ["too-many-files", "Raise the limit of open files: ulimit -n"],
  ENFILE: ["too-many-files", "The host has too many open files."],
  ENOMEM: ["no-memory", "The host has no memory left."],
};

/** An error of the system's that is the host's trouble, as one to act on (exit code 69); null for any other. */
export const hostTrouble = (error: unknown): RunError | null => {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return null;
  const [code, hint] = hostTroubles[error.code] ?? [];
  return code === undefined || hint === undefined ? null : new RunError(code, error.message, { hint, exitCode: 69, cause: error });
};

const describeBug = (error: unknown): string => (error instanceof Error ? `${error.name}: ${error.message}` : String(error));

/** An error as data. What is neither a RunError nor the host's trouble is our bug: exit code 70, with the stack for the report. */
export const failureFrom = (given: unknown): Failure => {
  const error = hostTrouble(given) ?? given;
  return isRunError(error)
    ? { code: error.code, message: error.message, hint: error.hint, exitCode: error.exitCode, details: error.details }
    : {
        code: "internal",
        message: describeBug(error),
        hint: "This is a bug of recipe-ci. Report it with the run's log.",
        exitCode: 70,
        details: error instanceof Error && error.stack !== undefined ? error.stack.split("\n").slice(1, 6) : [],
      };
};
