import type { WebSocket } from "ws";

/** What a viewer is given, one message each, in order. It grows; what was there stays. */
export interface Feed {
  readonly length: () => number;
  readonly message: (index: number) => string;
}

export interface ViewerLimits {
  /** Bytes that may wait in our memory for a viewer that reads slowly. */
  readonly bufferedMax: number;
  /** A viewer that takes nothing for as long is gone. ms */
  readonly stallMs: number;
}

export const viewerLimits: ViewerLimits = { bufferedMax: 1_000_000, stallMs: 30_000 };

/** Messages as one frame's worth of text; a page takes a few hundred at once more quickly than one by one. */
const batchBytes = 128 * 1024;

/**
 * Hands a feed to one socket, at the socket's own pace.
 *
 * A slow viewer is never sent more than fits its buffer, so it costs no memory and holds nobody up; one that reads
 * nothing at all is dropped. `join`: makes one text of a batch.
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

  /** Sends what there is and fits. Called whenever the feed has grown; goes on by itself until all is sent. */
  pump(): void {
    while (this.#next < this.#feed.length() && this.#isOpen()) {
      if (this.#socket.bufferedAmount > this.#limits.bufferedMax) return this.#watchForStall();
      this.#send(this.#batch());
    }
  }

  /** Something outside the feed: an answer, the run's end. Left out where the viewer does not keep up anyway. */
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
    // The callback says that the kernel has taken it: there may be room again.
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
