import type { Readable } from "node:stream";
import { textOfLog } from "../docker/task-log.js";

const bytesMax = 4 * 1024 * 1024;

/** Reads until the end, the limit or a broken connection, and returns what has arrived. */
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
    // If a node goes away, the stream of all nodes ends; answers that have arrived still count.
  } finally {
    stream.destroy();
  }
  return textOfLog(Buffer.concat(chunks));
};
