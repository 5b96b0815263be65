import { dataOf, part } from "./element.js";

const hosted = new URL(dataOf<string>("hosted"));
part("where").textContent = hosted.href;

interface FromHosted {
  readonly type?: unknown;
}

/** The hosted page says when it listens. Until then, what the run has reported waits. */
const open = (): void => {
  part("question").remove();
  const frame = document.createElement("iframe");
  frame.title = "Stately inspector";
  const waiting: unknown[] = [];
  let listening = false;
  const hand = (event: unknown): void => frame.contentWindow?.postMessage(event, hosted.origin);
  addEventListener("message", ({ source, origin, data }: MessageEvent<FromHosted | null>) => {
    if (source !== frame.contentWindow || origin !== hosted.origin || data?.type !== "@statelyai.connected") return;
    listening = true;
    for (const event of waiting.splice(0)) hand(event);
  });
  frame.src = hosted.href;
  document.body.append(frame);
  const socket = new WebSocket(`ws://${location.host}/stately/live${location.search}`);
  socket.addEventListener("message", ({ data }: MessageEvent<string>) => {
    const event: unknown = JSON.parse(data);
    if (listening) hand(event);
    else waiting.push(event);
  });
  socket.addEventListener("close", () => {
    part("trouble").hidden = false;
    part("trouble").textContent = "recipe-ci's inspector has ended.";
  });
};

part("open").addEventListener("click", open);
