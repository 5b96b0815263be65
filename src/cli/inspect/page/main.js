import { Connection } from "./connection.js";
import { drawActors, drawEvents, drawRun, drawTransition } from "./panels.js";
import { Stage } from "./picture.js";
import { Player } from "./player.js";
import { duration } from "./text.js";
import { isAlive, pictureFor } from "./world.js";

const $ = (id) => document.getElementById(id);
const pictures = JSON.parse($("pictures-data").textContent);

/** What the reader chose to look at; null: whatever the run is about. */
const chosen = { actor: null, picture: null };
let run = null;
let world = null;

const picturesOf = (machine) => pictures[machine] ?? [];
const hasPicture = (name) => picturesOf(name.split(".")[0]).some((picture) => picture.name === name);

/** The actor to show: the chosen one, else the one the last frame is about, else what lives. */
const shownActor = () => {
  const actors = [...world.actors.values()];
  if (chosen.actor !== null && world.actors.has(chosen.actor)) return world.actors.get(chosen.actor);
  const last = world.actors.get(world.last?.actor);
  return last !== undefined && isAlive(world, last) ? last : (actors.findLast((actor) => isAlive(world, actor)) ?? actors[0] ?? null);
};

const drawPictures = (actor) => {
  const machine = actor?.machine ?? "run";
  const names = picturesOf(machine).map(({ name }) => name);
  const following = $("follow").checked;
  const name = !following && names.includes(chosen.picture) ? chosen.picture : pictureFor(names, actor?.leaves ?? []);
  $("picture-names").replaceChildren(
    ...names.map((one) => {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: one === machine ? machine : one.slice(machine.length + 1).split(".").at(-1) });
      button.dataset.picture = one;
      button.setAttribute("aria-pressed", String(one === name));
      button.addEventListener("click", () => choose(actor?.id ?? null, one));
      return button;
    }),
  );
  const picture = picturesOf(machine).find((one) => one.name === name);
  if (picture !== undefined) stage.show(picture);
  stage.mark(actor, following);
};

const drawContext = (actor) => {
  $("context-of").textContent = actor?.id ?? "nobody";
  const value = actor === null ? null : connection.contextAt(actor.lastN);
  // While the answer is under way the last one stands: an empty box at each step would flicker.
  if (value !== undefined) $("context").textContent = value === null ? "not known" : JSON.stringify(value, null, 2);
};

const drawBar = () => {
  const { frames, at, playing, live } = player;
  const start = Date.parse(frames[0]?.at ?? "");
  const timeAt = (n) => (n === 0 ? 0 : Date.parse(frames[n - 1].at) - start);
  Object.assign($("slider"), { max: frames.length, value: at });
  $("place").textContent = frames.length === 0 ? "waiting for the run's first event" : `${duration(timeAt(at))} of ${duration(timeAt(frames.length))} · ${at}/${frames.length}`;
  $("play").textContent = playing ? "‖" : "▶";
  $("play").setAttribute("aria-label", playing ? "pause" : "play");
  $("live").hidden = run?.how !== "live";
  $("live").setAttribute("aria-pressed", String(live));
};

const draw = (now) => {
  world = now;
  const actor = shownActor();
  drawPictures(actor);
  drawActors(world, actor?.id ?? null, (id) => choose(id, null));
  drawTransition(world.last);
  drawContext(actor);
  drawEvents(player.frames, player.at, (n) => player.seek(n));
  drawBar();
};

/** The reader wants to see this, and not be led elsewhere. */
const choose = (actor, picture) => {
  chosen.actor = actor;
  chosen.picture = picture ?? pictureFor(picturesOf(world.actors.get(actor)?.machine ?? "").map(({ name }) => name), world.actors.get(actor)?.leaves ?? []);
  $("follow").checked = false;
  draw(world);
};

const player = new Player(draw);
const stage = new Stage($("stage"), hasPicture, (name) => choose(shownActor()?.id ?? null, name));
const connection = new Connection({
  frames: (frames) => player.add(frames),
  run: (record) => {
    run = record;
    drawRun(run);
    drawBar();
  },
  context: () => world !== null && drawContext(shownActor()),
  trouble: (text) => {
    $("trouble").hidden = text === null;
    $("trouble").textContent = text ?? "";
  },
});

const on = (id, act) => $(id).addEventListener("click", act);
const toggle = () => (player.playing ? player.pause() : player.play());
on("first", () => player.seek(0));
on("back", () => player.step(-1));
on("play", toggle);
on("forward", () => player.step(1));
on("last", () => player.seek(player.frames.length));
on("live", () => player.goLive());
on("zoom-out", () => stage.zoom(-1));
on("zoom-fit", () => stage.zoom(0));
on("zoom-in", () => stage.zoom(1));
$("slider").addEventListener("input", () => player.seek(Number($("slider").value)));
$("speed").addEventListener("change", () => player.setSpeed(Number($("speed").value)));
$("follow").addEventListener("change", () => {
  if ($("follow").checked) chosen.actor = null;
  if (world !== null) draw(world);
});
for (const tab of document.querySelectorAll("nav button")) {
  tab.addEventListener("click", () => {
    document.body.dataset.tab = tab.dataset.tab;
    // What was hidden could not be brought into view.
    if (world !== null) draw(world);
  });
}

const keys = { " ": toggle, ArrowLeft: () => player.step(-1), ArrowRight: () => player.step(1), Home: () => player.seek(0), End: () => player.seek(player.frames.length) };
addEventListener("keydown", (event) => {
  const isTyping = event.target.closest("input, select, button") !== null;
  if (isTyping || event.ctrlKey || event.altKey || event.metaKey || keys[event.key] === undefined) return;
  event.preventDefault();
  keys[event.key]();
});
