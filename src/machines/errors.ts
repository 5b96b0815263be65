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

const describeBug = (error: unknown): string => (error instanceof Error ? `${error.name}: ${error.message}` : String(error));

/** An error as data. What is not a RunError is our bug: exit code 70, with the stack for the report. */
export const failureFrom = (error: unknown): Failure =>
  isRunError(error)
    ? { code: error.code, message: error.message, hint: error.hint, exitCode: error.exitCode, details: error.details }
    : {
        code: "internal",
        message: describeBug(error),
        hint: "This is a bug of recipe-ci. Report it with the run's log.",
        exitCode: 70,
        details: error instanceof Error && error.stack !== undefined ? error.stack.split("\n").slice(1, 6) : [],
      };
