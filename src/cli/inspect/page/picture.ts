import type { Picture } from "../picture.js";
import type { Taken } from "../frame.js";
import { drawnAs, shownAs, type ActorView } from "./world.js";

/** Added to the exported picture's own style: ancestors of active states keep their background, and earlier transitions are blue. */
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
/** Below this scale the chart's text is too small to read, so the chart scrolls instead. */
const legible = 0.62;

/** The exported SVG of one chart or of a part of it, with marks that show where an actor is and was. */
export class Stage {
  readonly #host: HTMLElement;
  readonly #root: ShadowRoot;
  readonly #opens: (name: string) => boolean;
  #name: string | null = null;
  #states: ReadonlyMap<string, SVGElement> = new Map();
  #arrows: readonly SVGElement[] = [];
  #zoom: number | null = null;
  #leaves = "";

  /** `opens(name)`: whether a state has a picture of its own. `onOpen(name)`: somebody clicked on it. */
  constructor(host: HTMLElement, opens: (name: string) => boolean, onOpen: (name: string) => void) {
    this.#host = host;
    this.#root = host.appendChild(document.createElement("div")).attachShadow({ mode: "open" });
    this.#opens = opens;
    this.#root.addEventListener("click", (event) => {
      const name = event.target instanceof Element ? event.target.closest<SVGElement>("[data-opens]")?.dataset["opens"] : undefined;
      if (name !== undefined) onOpen(name);
    });
    new ResizeObserver(() => this.#resize()).observe(host);
  }

  get name(): string | null {
    return this.#name;
  }

  show({ name, svg }: Picture): void {
    if (this.#name === name) return;
    this.#name = name;
    this.#leaves = "";
    this.#root.innerHTML = `<style>${viewStyle}</style>${svg}`;
    this.#states = new Map(
      [...this.#root.querySelectorAll<SVGElement>("[data-state]")].map((state) => [state.dataset["state"] ?? "", state]),
    );
    this.#arrows = [...this.#root.querySelectorAll<SVGElement>("[data-source]")];
    for (const [id, state] of this.#states) if (id !== name && this.#opens(id)) state.dataset["opens"] = id;
    this.#host.scrollTo(0, 0);
    this.#resize();
  }

  /** `actor`: null if it has not begun. */
  mark(actor: ActorView | null, follow: boolean): void {
    const shown = (ids: Iterable<string>): ReadonlySet<string> =>
      new Set([...ids].map((id) => shownAs(id, this.#states)).filter((id) => id !== null));
    const [active, leaves, visited] = [shown(actor?.active ?? []), shown(actor?.leaves ?? []), shown(actor?.visited ?? [])];
    for (const [id, state] of this.#states) {
      state.classList.toggle("visited", visited.has(id));
      state.classList.toggle("active", active.has(id));
      state.classList.toggle("leaf", leaves.has(id));
    }
    const wayOf = ({ dataset }: SVGElement): string => `${dataset["source"] ?? ""} ${dataset["target"] ?? ""}`;
    const drawn = new Set(this.#arrows.map(wayOf));
    const ways = (transitions: Iterable<Taken>): ReadonlySet<string> =>
      new Set([...transitions].map((transition) => drawnAs(transition, this.#states, drawn)));
    const [walked, taken] = [ways(actor?.walked.values() ?? []), ways(actor?.taken ?? [])];
    for (const arrow of this.#arrows) {
      const way = wayOf(arrow);
      arrow.classList.toggle("walked", walked.has(way));
      arrow.classList.toggle("taken", taken.has(way));
    }
    const where = [...leaves].join(" ");
    if (follow && where !== this.#leaves) this.#bringIntoView(leaves);
    this.#leaves = where;
  }

  zoom(by: number): void {
    if (by === 0) this.#zoom = null;
    else {
      const now = this.#scale();
      const next = by > 0 ? zooms.find((zoom) => zoom > now + 0.01) : zooms.findLast((zoom) => zoom < now - 0.01);
      this.#zoom = next ?? now;
    }
    this.#resize();
  }

  #svg(): SVGSVGElement | null {
    return this.#root.querySelector("svg");
  }

  #scale(): number {
    const { width, height } = this.#svg()?.viewBox.baseVal ?? { width: 1, height: 1 };
    const fit = Math.min((this.#host.clientWidth - 2) / (width || 1), (this.#host.clientHeight - 2) / (height || 1));
    return this.#zoom ?? Math.max(legible, Math.min(1.15, fit));
  }

  #resize(): void {
    const svg = this.#svg();
    if (svg === null) return;
    const { width, height } = svg.viewBox.baseVal;
    svg.setAttribute("width", String(Math.round(width * this.#scale())));
    svg.setAttribute("height", String(Math.round(height * this.#scale())));
  }

  #bringIntoView(ids: ReadonlySet<string>): void {
    const boxes = [...ids].map((id) => this.#states.get(id)?.getBoundingClientRect()).filter((box) => box !== undefined);
    if (boxes.length === 0) return;
    const stage = this.#host.getBoundingClientRect();
    const middle = (from: (box: DOMRect) => number, to: (box: DOMRect) => number): number =>
      (Math.min(...boxes.map(from)) + Math.max(...boxes.map(to))) / 2;
    const left =
      this.#host.scrollLeft +
      middle(
        ({ left }) => left,
        ({ right }) => right,
      ) -
      stage.left -
      stage.width / 2;
    const top =
      this.#host.scrollTop +
      middle(
        ({ top }) => top,
        ({ bottom }) => bottom,
      ) -
      stage.top -
      stage.height / 2;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.#host.scrollTo({ left, top, behavior: still ? "instant" : "smooth" });
  }
}
