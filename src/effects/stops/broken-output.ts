import { filter, fromEvent, map, merge, take, type Observable } from "rxjs";
import type { StopCause } from "../../machines/vocabulary.js";

/** A pipe whose reader died, or a terminal that hung up. The runner crashed: nothing else tells us so. */
const broken: ReadonlySet<unknown> = new Set(["EPIPE", "EIO"]);

/** What the system said first against a stream whose reader is there. node forgets it: these streams cannot be destroyed. */
const lost = new WeakMap<NodeJS.WriteStream, string>();

/** From this call on, an error of the stream never ends the process; unheard, the first would, teardown or not. */
export const guardOutput = (stream: NodeJS.WriteStream): void =>
  void stream.on("error", ({ code }: NodeJS.ErrnoException) => {
    if (code !== undefined && !broken.has(code) && !lost.has(stream)) lost.set(stream, code);
  });

/** Why something that was written to a guarded stream is not where it should be, as on a full disk; null also where nobody reads any more. */
export const lostOutput = (stream: NodeJS.WriteStream): string | null => lost.get(stream) ?? null;

/** Says `epipe` once, when a write shows that nobody reads any more. The streams stay guarded afterwards. */
export const brokenOutput = (streams: readonly NodeJS.WriteStream[]): Observable<StopCause> => {
  for (const stream of streams) guardOutput(stream);
  return merge(...streams.map((stream) => fromEvent(stream, "error"))).pipe(
    filter((error) => error instanceof Error && "code" in error && broken.has(error.code)),
    map((): StopCause => "epipe"),
    take(1),
  );
};
