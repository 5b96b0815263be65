import type { Frame } from "../frame.js";
import type { Picture } from "../picture.js";
import { Connection } from "./connection.js";
import { drawContext } from "./context.js";
import { byId, dataOf, part } from "./element.js";
import { drawActors, drawEvents, drawRun, drawTransition } from "./panels.js";
import { Stage } from "./picture.js";
import { Player } from "./player.js";
import { duration } from "./text.js";
import type { RunFacts } from "./run-facts.js";
import { emptyWorld, isAlive, pictureFor, type ActorView, type RunView } from "./world.js";

const slider = byId("slider", HTMLInputElement);
const follow = byId("follow", HTMLInputElement);
const pictures = dataOf<Readonly<Record<string, readonly Picture[]>>>("pictures-data");

/** What the reader chose to look at; null: follow the run. */
const chosen: { actor: string | null; picture: string | null } = { actor: null, picture: null };
let run: RunFacts | null = null;
let world: RunView = emptyWorld();

const picturesOf = (machine: string): readonly Picture[] => pictures[machine] ?? [];
const hasPicture = (name: string): boolean => picturesOf(name.split(".")[0] ?? "").some((picture) => picture.name === name);

/** The actor to show: the chosen one, else the one of the last frame, else one that is alive. */
const shownActor = (): ActorView | null => {
  const actors = [...world.actors.values()];
  const picked = chosen.actor === null ? undefined : world.actors.get(chosen.actor);
  if (picked !== undefined) return picked;
  const last = world.actors.get(world.last?.actor ?? "");
  return last !== undefined && isAlive(world, last) ? last : (actors.findLast((actor) => isAlive(world, actor)) ?? actors[0] ?? null);
};

const drawPictures = (actor: ActorView | null): void => {
  const machine = actor?.machine ?? "run";
  const names = picturesOf(machine).map(({ name }) => name);
  const following = follow.checked;
  const name =
    !following && chosen.picture !== null && names.includes(chosen.picture) ? chosen.picture : pictureFor(names, actor?.leaves ?? []);
  part("picture-names").replaceChildren(
    ...names.map((one) => {
      const button = Object.assign(document.createElement("button"), {
        type: "button",
        textContent:
          one === machine
            ? machine
            : (one
                .slice(machine.length + 1)
                .split(".")
                .at(-1) ?? one),
      });
      button.dataset["picture"] = one;
      button.setAttribute("aria-pressed", String(one === name));
      button.addEventListener("click", () => choose(actor?.id ?? null, one));
      return button;
    }),
  );
  const picture = picturesOf(machine).find((one) => one.name === name);
  if (picture !== undefined) stage.show(picture);
  stage.mark(actor, following);
};

const drawContextOf = (actor: ActorView | null): void => {
  part("context-of").textContent = actor?.id ?? "nobody";
  const value = actor === null ? null : connection.contextAt(actor.lastN);
  // Until the answer arrives the last context stays: an empty box at each step would flicker.
  if (value !== undefined) drawContext(actor?.id ?? "", value);
};

const drawBar = (): void => {
  const { frames, at, playing, live } = player;
  const start = Date.parse(frames[0]?.at ?? "");
  const timeAt = (n: number): number => (n === 0 ? 0 : Date.parse(frames[n - 1]?.at ?? "") - start);
  slider.max = String(frames.length);
  slider.value = String(at);
  part("place").textContent =
    frames.length === 0
      ? "waiting for the run's first event"
      : `${duration(timeAt(at))} of ${duration(timeAt(frames.length))} · ${at}/${frames.length}`;
  part("play").textContent = playing ? "‖" : "▶";
  part("play").setAttribute("aria-label", playing ? "pause" : "play");
  part("live").hidden = run?.how !== "live";
  part("live").setAttribute("aria-pressed", String(live));
};

const draw = (now: RunView): void => {
  world = now;
  const actor = shownActor();
  drawPictures(actor);
  drawActors(world, actor?.id ?? null, (id) => choose(id, null));
  drawTransition(world.last);
  drawContextOf(actor);
  drawEvents(player.frames, player.at, (n) => player.seek(n));
  drawBar();
};

/** The reader chose this, so the view no longer follows the run. */
const choose = (id: string | null, picture: string | null): void => {
  const actor = world.actors.get(id ?? "");
  chosen.actor = id;
  chosen.picture =
    picture ??
    pictureFor(
      picturesOf(actor?.machine ?? "").map(({ name }) => name),
      actor?.leaves ?? [],
    );
  follow.checked = false;
  draw(world);
};

const player = new Player(draw);
const stage = new Stage(part("stage"), hasPicture, (name) => choose(shownActor()?.id ?? null, name));
const connection = new Connection({
  frames: (frames: readonly Frame[]) => player.add(frames),
  run: (record) => {
    run = record;
    drawRun(run);
    drawBar();
  },
  context: () => drawContextOf(shownActor()),
  trouble: (text) => {
    part("trouble").hidden = text === null;
    part("trouble").textContent = text ?? "";
  },
});

const on = (id: string, act: () => void): void => part(id).addEventListener("click", act);
const toggle = (): void => (player.playing ? player.pause() : player.play());
on("first", () => player.seek(0));
on("back", () => player.step(-1));
on("play", toggle);
on("forward", () => player.step(1));
on("last", () => player.seek(player.frames.length));
on("live", () => player.goLive());
on("zoom-out", () => stage.zoom(-1));
on("zoom-fit", () => stage.zoom(0));
on("zoom-in", () => stage.zoom(1));
slider.addEventListener("input", () => player.seek(Number(slider.value)));
const speed = byId("speed", HTMLSelectElement);
speed.addEventListener("change", () => player.setSpeed(Number(speed.value)));
follow.addEventListener("change", () => {
  if (follow.checked) chosen.actor = null;
  draw(world);
});
for (const tab of document.querySelectorAll<HTMLElement>("nav button")) {
  tab.addEventListener("click", () => {
    document.body.dataset["tab"] = tab.dataset["tab"] ?? "chart";
    // A hidden element cannot be scrolled into view.
    draw(world);
  });
}

const keys: Readonly<Record<string, () => void>> = {
  " ": toggle,
  ArrowLeft: () => player.step(-1),
  ArrowRight: () => player.step(1),
  Home: () => player.seek(0),
  End: () => player.seek(player.frames.length),
};
addEventListener("keydown", (event) => {
  const isTyping = event.target instanceof Element && event.target.closest("input, select, button") !== null;
  const act = keys[event.key];
  if (isTyping || event.ctrlKey || event.altKey || event.metaKey || act === undefined) return;
  event.preventDefault();
  act();
});
