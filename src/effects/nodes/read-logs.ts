import type { Readable } from "node:stream";
import { textOfLog } from "../docker/task-log.js";

const bytesMax = 4 * 1024 * 1024;

/** Reads until the end, the bound, or a break: what has come so far is what there is. */
export const readLogs = async (stream: Readable): Promise<string> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > bytesMax) break;
    }
  } catch {
    // A node that goes away ends the stream of all: those that have answered have answered.
  } finally {
    stream.destroy();
  }
  return textOfLog(Buffer.concat(chunks));
};
