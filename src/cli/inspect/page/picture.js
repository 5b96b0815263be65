import { drawnAs, shownAs } from "./world.js";

/** On top of the exported picture's own style: ancestors of where we are keep their ground, ways gone before are blue. */
const viewStyle = `
:host{display:block}
svg{display:block;height:auto}
.active:not(.leaf)>.state{fill:none}
.active.leaf>.state{fill:#2f6fed;fill-opacity:.22}
.walked .arrow{stroke:#2f6fed;stroke-width:2}.walked .head{fill:#2f6fed}
.taken .arrow{stroke:#2f6fed;stroke-width:3.6}.taken .head{fill:#2f6fed}
[data-opens]{cursor:pointer}
@media (prefers-reduced-motion:no-preference){.active.leaf>.state{animation:arrive .35s ease-out}@keyframes arrive{from{fill-opacity:.7}}}
`;

const zooms = [0.4, 0.55, 0.7, 0.85, 1, 1.2, 1.5, 2];
/** Below this the chart's text is too small to read: it scrolls instead. */
const legible = 0.62;

/** The exported SVG of one chart, or of a part of it, with marks for where an actor is and was. */
export class Stage {
  #host;
  #root;
  #name = null;
  #states = new Map();
  #arrows = [];
  #zoom = null;
  #leaves = "";

  /** `opens(name)`: whether a state has a picture of its own; `onOpen(name)`: it was asked for by a click. */
  constructor(host, opens, onOpen) {
    this.#host = host;
    this.#root = host.appendChild(document.createElement("div")).attachShadow({ mode: "open" });
    this.opens = opens;
    this.#root.addEventListener("click", (event) => {
      const name = event.target.closest("[data-opens]")?.dataset.opens;
      if (name !== undefined) onOpen(name);
    });
    new ResizeObserver(() => this.#resize()).observe(host);
  }

  get name() {
    return this.#name;
  }

  show({ name, svg }) {
    if (this.#name === name) return;
    this.#name = name;
    this.#leaves = "";
    this.#root.innerHTML = `<style>${viewStyle}</style>${svg}`;
    this.#states = new Map([...this.#root.querySelectorAll("[data-state]")].map((state) => [state.dataset.state, state]));
    this.#arrows = [...this.#root.querySelectorAll("[data-source]")];
    for (const [id, state] of this.#states) if (id !== name && this.opens(id)) state.dataset.opens = id;
    this.#host.scrollTo(0, 0);
    this.#resize();
  }

  /** `actor`: of the world, or null where it has not begun. */
  mark(actor, follow) {
    const shown = (ids) => new Set([...ids].map((id) => shownAs(id, this.#states)).filter((id) => id !== null));
    const [active, leaves, visited] = [shown(actor?.active ?? []), shown(actor?.leaves ?? []), shown(actor?.visited ?? [])];
    for (const [id, state] of this.#states) {
      state.classList.toggle("visited", visited.has(id));
      state.classList.toggle("active", active.has(id));
      state.classList.toggle("leaf", leaves.has(id));
    }
    const drawn = new Set(this.#arrows.map(({ dataset }) => `${dataset.source} ${dataset.target}`));
    const ways = (transitions) => new Set([...transitions].map((transition) => drawnAs(transition, this.#states, drawn)));
    const [walked, taken] = [ways(actor?.walked.values() ?? []), ways(actor?.taken ?? [])];
    for (const arrow of this.#arrows) {
      const way = `${arrow.dataset.source} ${arrow.dataset.target}`;
      arrow.classList.toggle("walked", walked.has(way));
      arrow.classList.toggle("taken", taken.has(way));
    }
    const where = [...leaves].join(" ");
    if (follow && where !== this.#leaves) this.#bringIntoView(leaves);
    this.#leaves = where;
  }

  zoom(by) {
    if (by === 0) this.#zoom = null;
    else {
      const now = this.#scale();
      const next = by > 0 ? zooms.find((zoom) => zoom > now + 0.01) : zooms.findLast((zoom) => zoom < now - 0.01);
      this.#zoom = next ?? now;
    }
    this.#resize();
  }

  #svg() {
    return this.#root.querySelector("svg");
  }

  #scale() {
    const fit = (this.#host.clientWidth - 2) / (this.#svg()?.viewBox.baseVal.width || 1);
    return this.#zoom ?? Math.max(legible, Math.min(1.15, fit));
  }

  #resize() {
    const svg = this.#svg();
    if (svg === null) return;
    const { width, height } = svg.viewBox.baseVal;
    svg.setAttribute("width", String(Math.round(width * this.#scale())));
    svg.setAttribute("height", String(Math.round(height * this.#scale())));
  }

  #bringIntoView(ids) {
    const boxes = [...ids].map((id) => this.#states.get(id)?.getBoundingClientRect()).filter((box) => box !== undefined);
    if (boxes.length === 0) return;
    const stage = this.#host.getBoundingClientRect();
    const middle = (from, to) => (Math.min(...boxes.map(from)) + Math.max(...boxes.map(to))) / 2;
    const left = this.#host.scrollLeft + middle(({ left }) => left, ({ right }) => right) - stage.left - stage.width / 2;
    const top = this.#host.scrollTop + middle(({ top }) => top, ({ bottom }) => bottom) - stage.top - stage.height / 2;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.#host.scrollTo({ left, top, behavior: still ? "instant" : "smooth" });
  }
}
