import { formatBytes } from "../../../machines/bytes.js";
import type { PullState } from "./pull-tally.js";

/** The pause between lines that only report progress. ms */
const pauseMs = 5_000;

const imagesIn = (count: number): string => `${count} ${count === 1 ? "image" : "images"}`;

/**
 * Tells people about the pulls: which began, what has arrived every few seconds, and each image that is complete.
 * Silent if all images were there.
 */
export const tellPulls = (say: (line: string) => void, nowMs: () => number = () => performance.now()): ((state: PullState) => void) => {
  let begun = false;
  let saidMs = 0;
  let done = 0;
  return ({ images, done: there, bytes, bytesTotal }) => {
    const now = nowMs();
    if (!begun) say(`pulling ${imagesIn(images.length)}: ${images.join(", ")}`);
    else if (there.length > done)
      say(`pulled ${there.slice(done).join(", ")} (${there.length} of ${imagesIn(images.length)}, ${formatBytes(bytes)})`);
    else if (now - saidMs >= pauseMs)
      say(`pulled ${formatBytes(bytes)} of ${formatBytes(bytesTotal)}, ${there.length} of ${imagesIn(images.length)}`);
    else return;
    [begun, saidMs, done] = [true, now, there.length];
  };
};
