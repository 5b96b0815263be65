import type { Frame } from "../frame.js";
import type { RunFacts } from "./run-facts.js";

type Message =
  | { readonly frames: readonly Frame[]; readonly run?: never; readonly context?: never }
  | { readonly run: RunFacts; readonly frames?: never; readonly context?: never }
  | { readonly context: number; readonly value: unknown; readonly frames?: never; readonly run?: never };

interface Listener {
  readonly frames: (fresh: readonly Frame[]) => void;
  readonly run: (record: RunFacts) => void;
  /** Called when a requested context has arrived. */
  readonly context: () => void;
  /** Called with null when the trouble is over. */
  readonly trouble: (text: string | null) => void;
}

const reconnectMs = 2_000;

/**
 * The inspector's stream of frames, and its answers about contexts. Reconnects when it breaks: known frames
 * are not taken twice.
 */
export class Connection {
  readonly #on: Listener;
  #socket: WebSocket | null = null;
  #known = 0;
  readonly #contexts = new Map<number, unknown>();
  #asked: number | null = null;

  constructor(on: Listener) {
    this.#on = on;
    this.#open();
  }

  /** The context after a frame; undefined if it has not arrived yet. The listener is called when it has. */
  contextAt(n: number): unknown {
    if (this.#contexts.has(n)) return this.#contexts.get(n);
    this.#asked = n;
    this.#ask();
    return undefined;
  }

  #ask(): void {
    if (this.#asked !== null && this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify({ context: this.#asked }));
  }

  #open(): void {
    const socket = new WebSocket(`ws://${location.host}/live${location.search}`);
    this.#socket = socket;
    socket.addEventListener("open", () => {
      this.#on.trouble(null);
      this.#ask();
    });
    socket.addEventListener("message", ({ data }: MessageEvent<string>) => this.#take(JSON.parse(data) as Message));
    socket.addEventListener("close", () => {
      this.#on.trouble("The inspector has ended, or cannot be reached. What is here can still be replayed.");
      setTimeout(() => this.#open(), reconnectMs);
    });
  }

  #take(message: Message): void {
    if (message.frames !== undefined) {
      const fresh = message.frames.filter(({ n }) => n > this.#known);
      this.#known += fresh.length;
      if (fresh.length > 0) this.#on.frames(fresh);
    } else if (message.run !== undefined) this.#on.run(message.run);
    else {
      this.#contexts.set(message.context, message.value);
      this.#on.context();
    }
  }
}
