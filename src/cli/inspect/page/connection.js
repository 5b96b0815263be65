/**
 * The inspector's stream of frames, and its answers about contexts. Made anew when it breaks: frames that are known
 * are not taken twice.
 */
export class Connection {
  #on;
  #socket = null;
  #known = 0;
  #contexts = new Map();
  #asked = null;

  /** `on`: { frames(list), run(record), context(), trouble(text or null) } */
  constructor(on) {
    this.#on = on;
    this.#open();
  }

  /** The context after a frame, as it came: undefined while it is not known yet, and `on.context` says when it is. */
  contextAt(n) {
    if (this.#contexts.has(n)) return this.#contexts.get(n);
    this.#asked = n;
    this.#ask();
    return undefined;
  }

  #ask() {
    if (this.#asked !== null && this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify({ context: this.#asked }));
  }

  #open() {
    const socket = new WebSocket(`ws://${location.host}/live${location.search}`);
    this.#socket = socket;
    socket.addEventListener("open", () => {
      this.#on.trouble(null);
      this.#ask();
    });
    socket.addEventListener("message", ({ data }) => this.#take(JSON.parse(data)));
    socket.addEventListener("close", () => {
      this.#on.trouble("The inspector has ended, or cannot be reached. What is here can still be replayed.");
      setTimeout(() => this.#open(), 2_000);
    });
  }

  #take(message) {
    if (message.frames !== undefined) {
      const fresh = message.frames.filter(({ n }) => n > this.#known);
      this.#known += fresh.length;
      if (fresh.length > 0) this.#on.frames(fresh);
    } else if (message.run !== undefined) this.#on.run(message.run);
    else if (message.context !== undefined) {
      this.#contexts.set(message.context, message.value);
      this.#on.context();
    }
  }
}
