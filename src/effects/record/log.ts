import { openSync } from "node:fs";
import { join } from "node:path";
import { pino, type Logger, type LoggerOptions } from "pino";
import { failureFrom } from "../../machines/errors.js";
import { redact } from "../redact.js";
import { secretFields } from "../secrets/secret-names.js";
import { appendWhole } from "./append-whole.js";
import { bestEffort } from "./best-effort.js";
import { spelledOut } from "./spelled-out.js";

interface LoggedError {
  readonly code: string;
  readonly message: string;
  readonly details: readonly string[];
  readonly stack: string;
  readonly cause?: LoggedError;
}

const causesMax = 5;

/** An error with its stack and its causes. */
const loggedError = (error: unknown, depth = 0): LoggedError => {
  const { code, message, details } = failureFrom(error);
  const { stack = "", cause } = error instanceof Error ? error : new Error(String(error));
  const shown = { code, message: redact(message), details: details.map(redact), stack: redact(stack) };
  return cause === undefined || cause === null || depth === causesMax ? shown : { ...shown, cause: loggedError(cause, depth + 1) };
};

const options: LoggerOptions = {
  base: null,
  timestamp: pino.stdTimeFunctions.isoTime,
  level: "debug",
  serializers: { err: (error: unknown) => loggedError(error) },
  // At the top level of what is logged, or one level below.
  redact: { paths: secretFields.flatMap((name) => [name, `*.${name}`]), censor: "***" },
  hooks: {
    // A caller may log a secret. Masked before it becomes JSON, because a mask inside JSON could break it.
    logMethod(given, log) {
      log.apply(this, given.map((part) => (typeof part === "string" ? redact(part) : part)) as typeof given);
    },
  },
  formatters: {
    log: (fields) =>
      Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, typeof value === "string" ? redact(value) : value])),
  },
};

/**
 * The run's own log, because CI closes its log at a cancel: JSON lines, each on disk when the call returns. Each writer has a
 * child logger with its name as `actor`.
 *
 * pino writes to a stream of ours: if a disk or a reader misbehaves, its own destination ends or hangs the process.
 */
export const openLog = (runDir: string, onTrouble: (error: unknown) => void = () => undefined): Logger => {
  const fd = bestEffort(() => openSync(join(runDir, "run.log"), "a", 0o600), onTrouble);
  return pino(options, {
    write: (line: string): void => {
      if (fd !== null) bestEffort(() => appendWhole(fd, spelledOut(line)), onTrouble);
    },
  });
};

const wordsOf = (line: string): string => {
  const { msg }: { readonly msg?: unknown } = JSON.parse(line) as object;
  return typeof msg === "string" ? msg : line.trim();
};

/** For a command without a run, and so without a log: its warnings are printed for whoever called it. */
export const logForPeople = (say: (line: string) => void): Logger =>
  pino({ ...options, level: "warn" }, { write: (line: string): void => say(`warning: ${wordsOf(line)}`) });
