import { closeSync, constants, openSync, rmSync } from "node:fs";
import { Socket } from "node:net";
import { must } from "../children.js";

export interface RunnerPipe {
  /** The writing end, for both stdout and stderr of the step. */
  readonly writeEnd: number;
  /** Everything read so far. */
  readonly text: () => string;
  /** Resolves when no process holds the writing end any more, or the reader is gone. */
  readonly ended: Promise<void>;
  /** Closes our copy of the writing end. To be called once the step has its own. */
  readonly handOver: () => void;
  /** Closes the reading end: the step's next write fails with EPIPE. */
  readonly drop: () => void;
  /** Stops reading, but keeps the reading end open: the step's writes succeed until the pipe is full. */
  readonly stall: () => void;
}

/** Opens a real pipe, as the runner does. Node's own stdio "pipe" is a pair of sockets, whose buffers and errors differ. */
export const openRunnerPipe = (path: string, onText: (text: string) => void = () => undefined): RunnerPipe => {
  must("mkfifo", ["-m", "600", path]);
  const readEnd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writeEnd = openSync(path, constants.O_WRONLY);
  rmSync(path);
  const reader = new Socket({ fd: readEnd, readable: true, writable: false });
  let kept = "";
  reader.setEncoding("utf8").on("data", (text: string) => {
    kept += text;
    onText(text);
  });
  // Errors of a reader that `drop` has closed do not matter.
  reader.on("error", () => undefined);
  const ended = new Promise<void>((resolve) => void reader.once("close", () => resolve()));
  let mine = true;
  const handOver = (): void => {
    if (mine) closeSync(writeEnd);
    mine = false;
  };
  return {
    writeEnd,
    text: () => kept,
    ended,
    handOver,
    drop: () => {
      handOver();
      reader.destroy();
    },
    stall: () => void reader.pause(),
  };
};
