import { openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { pino, type Logger } from "pino";
import { safely } from "./safely.js";

/**
 * The run's own log, since CI's is closed at a cancel: JSON lines, each on disk when the call returns.
 *
 * pino gets a stream of ours: its own destination ends the process, or hangs it, where a disk or a reader misbehaves.
 */
export const openLog = (runDir: string): Logger => {
  const fd = safely(() => openSync(join(runDir, "run.log"), "a", 0o644));
  return pino(
    { base: null, timestamp: pino.stdTimeFunctions.isoTime, level: "debug" },
    {
      write: (line: string): void => {
        if (fd !== null) safely(() => writeSync(fd, line));
      },
    },
  );
};
