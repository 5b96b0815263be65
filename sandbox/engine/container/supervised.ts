import type { Child } from "../children.js";
import type { Logs } from "../world/logs.js";
import { exitCodeOf } from "./signals.js";
import { startProgram } from "./program.js";

/** How long to wait for the output of a process that has ended: a child of its own may hold it open for ever. ms */
const lastWordsMs = 100;

interface Supervised {
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Keeps what it prints. */
  readonly logs: Logs;
  readonly taskId: string;
  /** Called once with its exit code, after its last output. */
  readonly onEnd: (code: number) => void;
}

/** Starts a container's program, and keeps what it prints. */
export const supervise = ({ argv, cwd, env, logs, taskId, onEnd }: Supervised): Child => {
  const child = startProgram(argv, cwd, env, ["ignore", "pipe", "pipe"]);
  const streams = [logs.writer(taskId, 1), logs.writer(taskId, 2)] as const;
  child.stdout?.setEncoding("utf8").on("data", streams[0].write);
  child.stderr?.setEncoding("utf8").on("data", streams[1].write);
  let isOver = false;
  const end = (code: number): void => {
    if (isOver) return;
    isOver = true;
    for (const stream of streams) stream.end();
    onEnd(code);
  };
  child.once("error", () => end(127));
  child.once("exit", (code, signal) => {
    const exitCode = code ?? (signal === null ? 1 : exitCodeOf(signal));
    child.once("close", () => end(exitCode));
    setTimeout(() => end(exitCode), lastWordsMs);
  });
  return child;
};
