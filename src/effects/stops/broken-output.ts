import { filter, fromEvent, map, merge, take, type Observable } from "rxjs";
import type { StopCause } from "../../machines/vocabulary.js";

/** The errors of a pipe whose reader died or a terminal that hung up. If the runner crashed, nothing else tells us. */
const broken: ReadonlySet<unknown> = new Set(["EPIPE", "EIO"]);

/** The first write error of a stream that still has a reader. node forgets it, because these streams cannot be destroyed. */
const lost = new WeakMap<NodeJS.WriteStream, string>();

/** From this call on, an error of the stream does not end the process. Without a listener the first one would, even in a teardown. */
export const guardOutput = (stream: NodeJS.WriteStream): void =>
  void stream.on("error", ({ code }: NodeJS.ErrnoException) => {
    if (code !== undefined && !broken.has(code) && !lost.has(stream)) lost.set(stream, code);
  });

/** Why something written to a guarded stream was lost, as on a full disk; null if nothing was, or if nobody reads any more. */
export const lostOutput = (stream: NodeJS.WriteStream): string | null => lost.get(stream) ?? null;

/** Emits `epipe` once, when a write shows that nobody reads any more. The streams stay guarded afterwards. */
export const brokenOutput = (streams: readonly NodeJS.WriteStream[]): Observable<StopCause> => {
  for (const stream of streams) guardOutput(stream);
  return merge(...streams.map((stream) => fromEvent(stream, "error"))).pipe(
    filter((error) => error instanceof Error && "code" in error && broken.has(error.code)),
    map((): StopCause => "epipe"),
    take(1),
  );
};
