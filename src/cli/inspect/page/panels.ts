import type { Frame } from "../frame.js";
import { verdictText } from "../verdict-text.js";
import { breakable, element, part } from "./element.js";
import type { RunFacts } from "./run-facts.js";
import { duration, kindOf, payloadOf, readableEvent, whereIs } from "./text.js";
import { isAlive, type ActorView, type RunView } from "./world.js";

const actorRow = (world: RunView, actor: ActorView, selected: string | null, onSelect: (id: string) => void): HTMLLIElement => {
  const alive = isAlive(world, actor);
  const state = actor.status === "active" && !alive ? "stopped" : actor.status;
  const button = element(
    "button",
    { type: "button", "data-actor": actor.id, "data-status": state, "aria-pressed": String(actor.id === selected) },
    element("b", {}, actor.id.slice(actor.id.lastIndexOf("/") + 1)),
    element("span", {}, state === "active" || state === "done" ? whereIs(actor) : `${whereIs(actor)} (${state})`),
  );
  button.addEventListener("click", () => onSelect(actor.id));
  const ports = alive ? actor.invoked.filter(({ hasChart }) => !hasChart) : [];
  const children = [...world.actors.values()].filter(({ parent }) => parent === actor.id);
  return element(
    "li",
    {},
    button,
    element(
      "ul",
      {},
      ...ports.map(({ id, src }) =>
        element("li", { class: "port", title: `an actor without a chart: ${src}` }, id === src ? id : `${id} (${src})`),
      ),
      ...children.map((child) => actorRow(world, child, selected, onSelect)),
    ),
  );
};

/** Draws charts and the actors that they have invoked as a tree. */
export const drawActors = (world: RunView, selected: string | null, onSelect: (id: string) => void): void => {
  const roots = [...world.actors.values()].filter(({ parent }) => parent === null || !world.actors.has(parent));
  part("actor-list").replaceChildren(...roots.map((actor) => actorRow(world, actor, selected, onSelect)));
};

/** Draws what happened last, to which actor, and the transitions it took. */
export const drawTransition = (frame: Frame | null): void => {
  if (frame === null) return part("transition").replaceChildren("nothing has happened yet");
  const payload = payloadOf(frame.event);
  part("transition").replaceChildren(
    element("p", {}, element("b", { class: `k-${kindOf(frame.event)}` }, readableEvent(frame.event)), ` to ${frame.actor || "nobody"}`),
    ...frame.taken.map(({ source, target }) => element("p", { class: "way" }, `${source} → ${target}`)),
    ...(frame.taken.length === 0 && frame.born === undefined && frame.note === undefined
      ? [element("p", { class: "way" }, "stays where it is")]
      : []),
    ...(frame.note === undefined ? [] : [element("p", { class: "note" }, frame.note)]),
    ...(payload === null ? [] : [element("pre", {}, JSON.stringify(payload, null, 2))]),
  );
};

/** How many rows are drawn around the place in the run: more would slow each step down. */
const rowsAround = 150;

const eventRow = (frame: Frame, start: number, at: number, onSeek: (n: number) => void): HTMLLIElement => {
  const button = element(
    "button",
    { type: "button", "data-n": frame.n, "aria-current": frame.n === at ? "step" : null, class: frame.n > at ? "ahead" : null },
    element("time", { datetime: frame.at }, duration(Date.parse(frame.at) - start)),
    element("span", { class: "who" }, ...breakable(frame.actor)),
    element("span", { class: `k-${kindOf(frame.event)}` }, readableEvent(frame.event)),
  );
  button.addEventListener("click", () => onSeek(frame.n));
  return element("li", {}, button);
};

export const drawEvents = (frames: readonly Frame[], at: number, onSeek: (n: number) => void): void => {
  const [from, to] = [Math.max(0, at - rowsAround), Math.min(frames.length, at + rowsAround)];
  const start = Date.parse(frames[0]?.at ?? "");
  const rows = frames.slice(from, to).map((frame) => eventRow(frame, start, at, onSeek));
  const more = (count: number, text: string): readonly HTMLLIElement[] =>
    count > 0 ? [element("li", { class: "more" }, `${count} ${text}`)] : [];
  const list = part("event-list");
  list.replaceChildren(...more(from, "earlier"), ...rows, ...more(frames.length - to, "later"));
  const current = list.querySelector<HTMLElement>("[aria-current]");
  if (current !== null) list.scrollTop = current.offsetTop - list.clientHeight / 2;
};

const standingOf = (run: RunFacts): readonly [string, string] => {
  if (run.how === "live") return ["live", `live: ${run.state}`];
  if (run.how === "killed") return ["failed", `killed in ${run.state}`];
  return [
    run.verdict === "passed" && run.cleanliness !== "dirty" && run.cleanliness !== "unverified" ? "passed" : (run.verdict ?? "failed"),
    `${verdictText(run)}, ${run.cleanliness ?? "nothing deployed"}, exit ${run.exitCode ?? "code unknown"}`,
  ];
};

/** Draws which run this is and how it stands, from its record. */
export const drawRun = (run: RunFacts | null): void => {
  if (run === null) return;
  document.title = `${run.recipe} ${run.runId}`;
  part("recipe").textContent = run.recipe;
  part("run-id").textContent = run.runId;
  const [kind, text] = standingOf(run);
  part("standing").dataset["kind"] = kind;
  part("standing").textContent = text;
  const link = /^https?:\/\//.test(run.link ?? "")
    ? [element("a", { href: run.link, rel: "noreferrer noopener", target: "_blank" }, "CI")]
    : [];
  const facts = [run.domain, run.ref === null ? null : run.ref.slice(0, 12), new Date(run.startedAt).toLocaleString(), ...link].filter(
    (fact) => fact !== null,
  );
  part("facts").replaceChildren(...facts.flatMap((fact, index) => (index === 0 ? [fact] : [" · ", fact])));
  if (run.residue.length > 0)
    part("facts").append(
      element("b", { class: "k-error" }, ` left behind: ${run.residue.map(({ kind, name }) => `${kind} ${name}`).join(", ")}`),
    );
};
