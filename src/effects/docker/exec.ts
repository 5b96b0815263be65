import { garbage } from "./engine-errors.js";
import type { Engine } from "./engine.js";
import { textOfLog } from "./task-log.js";
import { within } from "../budget.js";

interface ExecEnd {
  readonly exitCode: number;
  /** What it printed on both streams, as far as it was kept. Not redacted. */
  readonly said: string;
}

interface ExecOf {
  readonly folder: string;
  readonly argv: readonly string[];
}

const saidBytesMax = 64 * 1024;
const limitMs = 15_000;

interface ExecDocument {
  readonly Running?: boolean;
  readonly ExitCode?: number | null;
}

/**
 * Runs a program in a folder of a container to its end, as root of the container. No shell is involved.
 *
 * Rejects if the container does not run (409) or has no such program (400, or exit code 126 or 127, depending on the daemon's
 * version). A program that ended has an exit code, so missing output is never taken for an answer.
 */
export const execInContainer = async (
  engine: Engine,
  container: string,
  { folder, argv }: ExecOf,
  signal: AbortSignal,
): Promise<ExecEnd> => {
  const body = { Cmd: argv, WorkingDir: folder, User: "0", AttachStdout: true, AttachStderr: true };
  const { Id } = await engine.json<{ Id: string }>("POST", `/containers/${container}/exec`, { body, signal });
  const until = within(signal, limitMs);
  const stream = await engine.stream("POST", `/exec/${Id}/start`, { body: { Detach: false, Tty: false }, signal: until, limitMs });
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of stream as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes <= saidBytesMax) pieces.push(piece);
  }
  const { Running, ExitCode } = await engine.json<ExecDocument>("GET", `/exec/${Id}/json`, { signal });
  if (Running === true || typeof ExitCode !== "number") throw garbage(`GET /exec/${Id}/json`, "without an exit code");
  return { exitCode: ExitCode, said: textOfLog(Buffer.concat(pieces)) };
};
