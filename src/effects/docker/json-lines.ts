import type { Readable } from "node:stream";
import { garbage } from "./engine-errors.js";

/** A line is a small document; a longer one means that this is not a stream of documents. */
const lineBytesMax = 1024 * 1024;

/**
 * The documents of a stream with one per line. `asked`: the call, for messages. Skips lines that are not JSON; throws `docker-garbage` for
 * an endless line.
 */
export async function* jsonLines<T>(stream: Readable, asked: string): AsyncGenerator<T> {
  let rest = "";
  for await (const chunk of stream.setEncoding("utf8") as AsyncIterable<string>) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > lineBytesMax) throw garbage(asked, `a line of more than ${lineBytesMax} characters`);
    for (const line of lines) yield* parsed<T>(line);
  }
  yield* parsed<T>(rest);
}

function* parsed<T>(line: string): Generator<T> {
  if (line.trim() === "") return;
  try {
    const document: unknown = JSON.parse(line);
    if (typeof document === "object" && document !== null) yield document as T;
  } catch {
    // Half a line of a stream that was cut.
  }
}
