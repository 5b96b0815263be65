import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer, type WebSocket } from "ws";
import { addressOf, refusalOf } from "./admission.js";
import { plain, policy, refuse } from "./http-replies.js";
import type { Pages } from "./page.js";
import type { RunWatch } from "./run-watch.js";
import { Viewer, type ViewerLimits } from "./viewer.js";

export interface ViewersSettings {
  readonly watch: RunWatch;
  readonly pages: Pages;
  readonly token: string;
  readonly limits: ViewerLimits;
  /** The only origin that the bridge page may lead to. */
  readonly hostedOrigin: string;
  /** Called when somebody came or left. */
  readonly onViewers: () => void;
}

/** Questions from the page are a few bytes. */
const questionBytesMax = 1_024;
const pingMs = 30_000;

const framesAsOne = (batch: readonly string[]): string => `{"frames":[${batch.join(",")}]}`;

/** The number of the frame whose context a page asks for; null for any other message. */
const questionIn = (text: string): number | null => {
  const n = /^\{"context":(\d{1,9})\}$/.exec(text)?.[1];
  return n === undefined ? null : Number(n);
};

/** One run's viewers: two pages and their sockets, on the loopback, for whoever has the token. */
export class Viewers {
  readonly #settings: ViewersSettings;
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: questionBytesMax, perMessageDeflate: false });
  readonly #open = new Map<WebSocket, { readonly viewer: Viewer; readonly wantsRun: boolean }>();
  readonly #alive = new WeakSet<WebSocket>();
  readonly #ping: NodeJS.Timeout;
  #told = "";

  constructor(settings: ViewersSettings) {
    this.#settings = settings;
    this.#ping = setInterval(() => this.#pingAll(), pingMs);
  }

  get count(): number {
    return this.#open.size;
  }

  answer(request: IncomingMessage, response: ServerResponse): void {
    const { token, pages, hostedOrigin, onViewers } = this.#settings;
    if (refusalOf(request, token) !== null) return plain(response, 403, "forbidden: use the whole address that recipe-ci printed");
    if (request.method !== "GET") return plain(response, 405, "only GET");
    const path = addressOf(request)?.pathname;
    if (path !== "/" && path !== "/stately") return plain(response, 404, "no such page");
    const nonce = randomBytes(16).toString("base64");
    response.writeHead(200, {
      "Content-Type": "text/html; charset=utf-8",
      "Content-Security-Policy": policy(nonce, request.headers.host ?? "", path === "/stately" ? hostedOrigin : "'none'"),
      "Referrer-Policy": "no-referrer",
      "X-Content-Type-Options": "nosniff",
      "Cache-Control": "no-store",
    });
    response.end(path === "/" ? pages.viewer(nonce) : pages.bridge(nonce));
    onViewers();
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on("error", () => socket.destroy());
    if (refusalOf(request, this.#settings.token) !== null) return refuse(socket, "403 Forbidden");
    const path = addressOf(request)?.pathname;
    if (path !== "/live" && path !== "/stately/live") return refuse(socket, "404 Not Found");
    this.#sockets.handleUpgrade(request, socket, head, (ws) => this.#welcome(ws, path === "/live"));
  }

  news(): void {
    const { summary } = this.#settings.watch;
    const isNew = summary !== this.#told;
    this.#told = summary;
    for (const { viewer, wantsRun } of this.#open.values()) {
      if (isNew && wantsRun) viewer.tell(`{"run":${summary}}`);
      viewer.pump();
    }
  }

  close(): void {
    clearInterval(this.#ping);
    for (const ws of this.#open.keys()) ws.terminate();
    this.#sockets.close();
  }

  #welcome(ws: WebSocket, isOurs: boolean): void {
    const { watch, limits, onViewers } = this.#settings;
    const viewer = isOurs ? new Viewer(ws, watch.frames, limits, framesAsOne) : new Viewer(ws, watch.stately, limits, null);
    this.#open.set(ws, { viewer, wantsRun: isOurs });
    this.#alive.add(ws);
    ws.on("pong", () => this.#alive.add(ws));
    ws.on("error", () => ws.terminate());
    ws.on("close", () => {
      viewer.close();
      this.#open.delete(ws);
      onViewers();
    });
    ws.on("message", (data: Buffer) => {
      const n = isOurs ? questionIn(data.toString("utf8")) : null;
      if (n !== null) viewer.tell(`{"context":${n},"value":${watch.contextOf(n)}}`);
    });
    if (isOurs) viewer.tell(`{"run":${watch.summary}}`);
    viewer.pump();
    onViewers();
  }

  #pingAll(): void {
    for (const ws of this.#open.keys()) {
      if (!this.#alive.has(ws)) ws.terminate();
      this.#alive.delete(ws);
      ws.ping();
    }
  }
}
