import { openSync } from "node:fs";
import { join } from "node:path";
import { pino, type Logger } from "pino";
import { appendWhole } from "./append-whole.js";
import { redact } from "../redact.js";
import { safely } from "./safely.js";

/**
 * The run's own log, since CI's is closed at a cancel: JSON lines, each on disk when the call returns.
 *
 * pino gets a stream of ours: its own destination ends the process, or hangs it, where a disk or a reader misbehaves.
 */
export const openLog = (runDir: string, onTrouble: (error: unknown) => void = () => undefined): Logger => {
  const fd = safely(() => openSync(join(runDir, "run.log"), "a", 0o600), onTrouble);
  return pino(
    {
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      level: "debug",
      hooks: {
        // Whoever logs may have a secret in hand; before it is JSON, for a mask inside of JSON could break it.
        logMethod(given, log) {
          log.apply(this, given.map((part) => (typeof part === "string" ? redact(part) : part)) as typeof given);
        },
      },
      formatters: { log: (fields) => Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, typeof value === "string" ? redact(value) : value])) },
    },
    {
      write: (line: string): void => {
        if (fd !== null) safely(() => appendWhole(fd, line), onTrouble);
      },
    },
  );
};
