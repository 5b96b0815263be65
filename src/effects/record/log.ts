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

/** An error with its stack and what caused it. */
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
  // In what is logged, or one level below.
  redact: { paths: secretFields.flatMap((name) => [name, `*.${name}`]), censor: "***" },
  hooks: {
    // Whoever logs may have a secret in hand; before it is JSON, for a mask inside of JSON could break it.
    logMethod(given, log) {
      log.apply(this, given.map((part) => (typeof part === "string" ? redact(part) : part)) as typeof given);
    },
  },
  formatters: { log: (fields) => Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, typeof value === "string" ? redact(value) : value])) },
};

/**
 * The run's own log, since CI's is closed at a cancel: JSON lines, each on disk when the call returns. Whoever writes to
 * it has a child logger with its name as `actor`.
 *
 * pino gets a stream of ours: its own destination ends the process, or hangs it, where a disk or a reader misbehaves.
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

/** For a command that has no run, and so no log of its own: its warnings are for whoever called it. */
export const logForPeople = (say: (line: string) => void): Logger =>
  pino({ ...options, level: "warn" }, { write: (line: string): void => say(`warning: ${wordsOf(line)}`) });
