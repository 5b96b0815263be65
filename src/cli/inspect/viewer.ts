import type { WebSocket } from "ws";

/** The messages for a viewer, in order. The list only grows. */
export interface Feed {
  readonly length: () => number;
  readonly message: (index: number) => string;
}

export interface ViewerLimits {
  /** How many bytes may wait in our memory for a slow viewer. */
  readonly bufferedMax: number;
  /** A viewer that takes nothing for this long counts as gone. ms */
  readonly stallMs: number;
}

export const viewerLimits: ViewerLimits = { bufferedMax: 1_000_000, stallMs: 30_000 };

/** How much text is sent at once: a page takes a few hundred messages faster together than one by one. */
const batchBytes = 128 * 1024;

/**
 * Sends a feed to one socket, at the socket's own pace.
 *
 * A slow viewer is never sent more than fits its buffer, so it costs no memory and delays nobody. One that reads nothing
 * at all is dropped. `join` turns a batch into one text.
 */
export class Viewer {
  readonly #socket: WebSocket;
  readonly #feed: Feed;
  readonly #limits: ViewerLimits;
  readonly #join: ((batch: readonly string[]) => string) | null;
  #next = 0;
  #stalled: NodeJS.Timeout | null = null;
  #left = 0;

  constructor(socket: WebSocket, feed: Feed, limits: ViewerLimits, join: ((batch: readonly string[]) => string) | null) {
    this.#socket = socket;
    this.#feed = feed;
    this.#limits = limits;
    this.#join = join;
  }

  /** Sends as much as fits. Call it whenever the feed has grown; it goes on by itself until all is sent. */
  pump(): void {
    while (this.#next < this.#feed.length() && this.#isOpen()) {
      if (this.#socket.bufferedAmount > this.#limits.bufferedMax) return this.#watchForStall();
      this.#send(this.#batch());
    }
  }

  /** Sends something outside the feed: an answer, or the run's end. Skipped if the viewer does not keep up anyway. */
  tell(message: string): void {
    if (this.#isOpen() && this.#socket.bufferedAmount <= this.#limits.bufferedMax) this.#send(message);
  }

  close(): void {
    if (this.#stalled !== null) clearTimeout(this.#stalled);
    this.#stalled = null;
  }

  #isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  #batch(): string {
    const batch: string[] = [];
    let bytes = 0;
    do {
      const message = this.#feed.message(this.#next);
      this.#next += 1;
      batch.push(message);
      bytes += message.length;
    } while (this.#join !== null && this.#next < this.#feed.length() && bytes < batchBytes);
    return this.#join?.(batch) ?? batch.join("");
  }

  #send(text: string): void {
    // The callback means that the kernel has taken it, so there may be room again.
    this.#socket.send(text, () => {
      if (this.#socket.bufferedAmount <= this.#limits.bufferedMax) this.pump();
    });
  }

  #watchForStall(): void {
    if (this.#stalled !== null) return;
    this.#left = this.#socket.bufferedAmount;
    this.#stalled = setTimeout(() => {
      this.#stalled = null;
      if (this.#isOpen() && this.#socket.bufferedAmount >= this.#left) return this.#socket.terminate();
      this.pump();
    }, this.#limits.stallMs);
  }
}
