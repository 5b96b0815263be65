import type { Readable } from "node:stream";

/** A line is a small document; one that grows beyond this is no stream of documents. */
const lineBytesMax = 1024 * 1024;

/** The documents of a stream that has one a line. What is no JSON is left out; an endless line is an error. */
export async function* jsonLines<T>(stream: Readable): AsyncGenerator<T> {
  let rest = "";
  for await (const chunk of stream.setEncoding("utf8") as AsyncIterable<string>) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > lineBytesMax) throw new Error(`a line of more than ${lineBytesMax} characters`);
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
    // Half a line, of a stream that was cut.
  }
}
