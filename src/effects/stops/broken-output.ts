import { filter, fromEvent, map, merge, take, type Observable } from "rxjs";
import type { StopCause } from "../../machines/vocabulary.js";

/** A pipe whose reader died, or a terminal that hung up. The runner crashed: nothing else tells us so. */
const broken: ReadonlySet<unknown> = new Set(["EPIPE", "EIO"]);

/** From this call on, an error of the stream never ends the process; unheard, the first would, teardown or not. */
export const guardOutput = (stream: NodeJS.WriteStream): void => void stream.on("error", () => undefined);

/** Says `epipe` once, when a write shows that nobody reads any more. The streams stay guarded afterwards. */
export const brokenOutput = (streams: readonly NodeJS.WriteStream[]): Observable<StopCause> => {
  for (const stream of streams) guardOutput(stream);
  return merge(...streams.map((stream) => fromEvent(stream, "error"))).pipe(
    filter((error) => error instanceof Error && "code" in error && broken.has(error.code)),
    map((): StopCause => "epipe"),
    take(1),
  );
};
