import { within } from "../budget.js";
import { redact } from "../redact.js";
import type { Engine } from "./engine.js";

const bytesMax = 256 * 1024;
const lineMax = 400;
const limitMs = 4_000;
const headerBytes = 8;

/**
 * The text in a log as the daemon sends it: frames with a header of eight bytes (the stream, three zeros, the length) and the
 * content, or for a task with a terminal the plain text.
 */
export const textOfLog = (bytes: Buffer): string => {
  const parts: Buffer[] = [];
  let at = 0;
  while (at + headerBytes <= bytes.length && bytes.readUInt8(at) <= 2 && bytes.readUIntBE(at + 1, 3) === 0) {
    const begins = at + headerBytes;
    at = begins + bytes.readUInt32BE(at + 4);
    parts.push(bytes.subarray(begins, at));
  }
  parts.push(bytes.subarray(at));
  return Buffer.concat(parts).toString("utf8");
};

/**
 * The last lines that a task has printed, redacted together, because a secret may be split over two of them.
 *
 * Rejects if the log cannot be read: some drivers only write. If a node does not answer, gives what came in time.
 */
export const taskLog = async (engine: Engine, task: string, lines: number, signal: AbortSignal): Promise<readonly string[]> => {
  const until = within(signal, limitMs);
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    const query = { stdout: true, stderr: true, tail: lines };
    const log = await engine.stream("GET", `/tasks/${encodeURIComponent(task)}/logs`, { query, signal: until, limitMs });
    for await (const chunk of log as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > bytesMax) break; // Leaving the loop ends the stream.
    }
  } catch (error) {
    if (signal.aborted || !until.aborted) throw error;
  }
  return redact(textOfLog(Buffer.concat(chunks)))
    .split(/\r?\n/)
    .filter((line) => line.trim() !== "")
    .slice(-lines)
    .map((line) => line.slice(0, lineMax));
};
