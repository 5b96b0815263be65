const hosted = new URL(JSON.parse(document.getElementById("hosted").textContent));
document.getElementById("where").textContent = hosted.href;

/** The hosted page says when it listens; what the run has told until then waits. */
const open = () => {
  document.getElementById("question").remove();
  const frame = document.createElement("iframe");
  frame.title = "Stately inspector";
  const waiting = [];
  let listening = false;
  const hand = (event) => frame.contentWindow.postMessage(event, hosted.origin);
  addEventListener("message", ({ source, origin, data }) => {
    if (source !== frame.contentWindow || origin !== hosted.origin || data?.type !== "@statelyai.connected") return;
    listening = true;
    for (const event of waiting.splice(0)) hand(event);
  });
  frame.src = hosted.href;
  document.body.append(frame);
  const socket = new WebSocket(`ws://${location.host}/stately/live${location.search}`);
  socket.addEventListener("message", ({ data }) => (listening ? hand(JSON.parse(data)) : waiting.push(JSON.parse(data))));
  socket.addEventListener("close", () => {
    const trouble = document.getElementById("trouble");
    trouble.hidden = false;
    trouble.textContent = "recipe-ci's inspector has ended.";
  });
};

document.getElementById("open").addEventListener("click", open);
