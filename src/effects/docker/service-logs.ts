import { redact } from "../redact.js";
import type { Engine } from "./engine.js";
import { isRefused } from "./engine-errors.js";

const linesKept = 15;
const limitMs = 5_000;
const bytesMax = 256 * 1024;
const headerBytes = 8;

/**
 * The text in a log as the daemon sends it: frames of eight bytes (the stream, three zeros, the length) and their
 * content; of a service with a terminal, the bare text.
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
 * The last lines that a service's tasks wrote, redacted; none where the daemon keeps no log that can be read.
 *
 * Of a service whose nodes do not answer, what came within the time.
 */
export const logTail = async (engine: Engine, service: string, signal: AbortSignal): Promise<readonly string[]> => {
  const over = AbortSignal.timeout(limitMs);
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    const query = { stdout: true, stderr: true, tail: linesKept };
    const log = await engine.stream("GET", `/services/${encodeURIComponent(service)}/logs`, { query, signal: AbortSignal.any([signal, over]), limitMs });
    for await (const chunk of log as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > bytesMax) break;
    }
  } catch (error) {
    if (signal.aborted || !(over.aborted || isRefused(error))) throw error;
  }
  return redact(textOfLog(Buffer.concat(chunks))).split("\n").filter((line) => line.trim() !== "").slice(-linesKept);
};
