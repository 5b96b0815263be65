import { escapeMarkup } from "../../effects/markup/escape.js";
import { legendHeight, legendOf, placeLegend, signWidth, type PlacedEntry } from "./legend.js";
import { inset, startSize, titleHeight, type Box, type PlacedArrow, type Placement, type Point } from "./layout.js";
import type { StateModel, TransitionKind } from "./model.js";
import { lineHeight, styles, widthOf, type Line } from "./text.js";

const number = (n: number): string => String(Math.round(n * 10) / 10);

/** Colours by meaning, for light and dark backgrounds. A viewer sets `active`, `visited` and `taken`. */
const styleSheet = `
svg{--ground:#fff;--ink:#14181f;--soft:#5b6472;--line:#5b6472;--box:#fff;--box2:#f3f6fa;--box3:#e9eef5;--done:#0f7b3a;--error:#b42318;--after:#b25a00;--always:#6b31c4;--guard:#6b31c4;--actor:#0a6e86;--amber:#c2570c;--amberbox:#fff8e6;--rule:#cfd6df;font-family:Helvetica,Arial,"Liberation Sans",sans-serif}
@media (prefers-color-scheme:dark){svg{--ground:#0f141b;--ink:#e9eef5;--soft:#9aa6b5;--line:#8b97a7;--box:#151c25;--box2:#1a232e;--box3:#202b38;--done:#4cc47c;--error:#ff7b72;--after:#f0a04b;--always:#b794f6;--guard:#b794f6;--actor:#4fc3dc;--amber:#e58a3a;--amberbox:#2a2112;--rule:#33404f}}
.ground{fill:var(--ground)}.state{fill:var(--box);stroke:var(--line);stroke-width:1.2}.d1{fill:var(--box2)}.d2{fill:var(--box)}.d3{fill:var(--box2)}.d4{fill:var(--box3)}
.region{stroke-dasharray:5 4}.uninterruptible{fill:var(--amberbox);stroke:var(--amber);stroke-width:3}.deafmark path{fill:none;stroke:var(--amber);stroke-width:1.8;stroke-linecap:round}.elsewhere{fill:none;stroke-dasharray:2 3}.rule{stroke:var(--rule)}
.title{fill:var(--ink);font-weight:700}.description{fill:var(--soft);font-style:italic}.keyword{fill:var(--soft)}.actor{fill:var(--actor)}.action{fill:var(--soft)}.guard{fill:var(--guard)}.deaf{fill:var(--amber);font-weight:700}
.event{fill:var(--ink);font-weight:700}.done{fill:var(--done);font-weight:700}.error{fill:var(--error);font-weight:700}.after{fill:var(--after);font-weight:700}.always{fill:var(--always);font-weight:700}
.arrow{fill:none;stroke:var(--line);stroke-width:1.3}.head{fill:var(--line)}.k-done .arrow{stroke:var(--done)}.k-done .head{fill:var(--done)}.k-error .arrow{stroke:var(--error)}.k-error .head{fill:var(--error)}.k-after .arrow{stroke:var(--after)}.k-after .head{fill:var(--after)}.k-always .arrow{stroke:var(--always)}.k-always .head{fill:var(--always)}
.paper{fill:var(--ground);fill-opacity:.82}.start{fill:var(--ink)}
.visited>.state{stroke:#2f6fed;stroke-width:2}.active>.state{stroke:#2f6fed;stroke-width:3;fill:#2f6fed;fill-opacity:.18}.taken .arrow{stroke-width:3.4}
`;

const textLine = (line: Line, x: number, y: number): string => {
  let at = x;
  return line
    .map((piece) => {
      const { name, size } = styles[piece.style];
      const width = widthOf(piece);
      const text = piece.text.trimStart();
      const lead = width - widthOf({ ...piece, text });
      const shown = text.trimEnd();
      const element =
        shown === ""
          ? ""
          : `<text class="${name}" x="${number(at + lead)}" y="${number(y)}" font-size="${size}" textLength="${number(widthOf({ ...piece, text: shown }))}" lengthAdjust="spacingAndGlyphs">${escapeMarkup(shown)}</text>`;
      at += width;
      return element;
    })
    .join("");
};

const block = (lines: readonly Line[], x: number, top: number): string =>
  lines.map((line, index) => textLine(line, x, top + (index + 1) * lineHeight - 4)).join("");

const stateClasses = ({ state, depth }: Box, parent: StateModel | undefined): string =>
  [
    "state",
    `d${Math.min(depth, 4)}`,
    ...(parent?.type === "parallel" ? ["region"] : []),
    ...state.tags.filter((tag) => tag === "uninterruptible" || tag === "elsewhere"),
  ].join(" ");

/** An ear with a line through it, in the corner of a state that ignores every interruption. */
const deafMark = (x: number, y: number): string =>
  `<g class="deafmark" transform="translate(${number(x)} ${number(y)})"><path d="M4 9a5 5 0 0 1 10 0c0 3-3 3.6-3 6a2.4 2.4 0 0 1-4.4 1.2M6.6 9a2.4 2.4 0 0 1 4.8 0c0 1.6-1.6 1.8-1.8 3.2"/><path d="M2 17L16 3"/></g>`;

const drawBox = (box: Box, parent: StateModel | undefined): string => {
  const { state, x, y, width, height, lines } = box;
  const shape = `<rect class="${stateClasses(box, parent)}" x="${number(x)}" y="${number(y)}" width="${number(width)}" height="${number(height)}" rx="7"/>`;
  const inner =
    state.type === "final"
      ? `<rect class="state" fill="none" x="${number(x + 3)}" y="${number(y + 3)}" width="${number(width - 6)}" height="${number(height - 6)}" rx="5"/>`
      : "";
  const rule =
    lines.length > 0
      ? `<line class="rule" x1="${number(x)}" x2="${number(x + width)}" y1="${number(y + titleHeight - 2)}" y2="${number(y + titleHeight - 2)}"/>`
      : "";
  const title = textLine([{ text: state.key, style: "title" }], x + inset, y + 18);
  const mark = state.tags.includes("uninterruptible") ? deafMark(x + width - 26, y + 3) : "";
  return `<g id="${escapeMarkup(state.id)}" data-state="${escapeMarkup(state.id)}"><title>${escapeMarkup(state.description ?? state.id)}</title>${shape}${inner}${rule}${title}${mark}${block(lines, x + inset, y + titleHeight)}</g>`;
};

const headLength = 8;

/** The head of an arrow, in the direction of its last segment. */
const drawHead = (points: readonly Point[]): string => {
  const [from, to] = [points.at(-2), points.at(-1)];
  if (from === undefined || to === undefined) return "";
  const angle = Math.round((Math.atan2(to.y - from.y, to.x - from.x) * 180) / Math.PI);
  return `<path class="head" d="M0 0L${-headLength} -4L${-headLength} 4Z" transform="translate(${number(to.x)} ${number(to.y)}) rotate(${angle})"/>`;
};

const bend = 6;

/** An orthogonal line with its corners rounded. */
const path = (points: readonly Point[]): string =>
  points
    .map((point, index) => {
      const [before, after] = [points[index - 1], points[index + 1]];
      if (before === undefined) return `M${number(point.x)} ${number(point.y)}`;
      if (after === undefined) return `L${number(point.x)} ${number(point.y)}`;
      const towards = (other: Point): Point => {
        const length = Math.hypot(other.x - point.x, other.y - point.y);
        const share = Math.min(bend, length / 2) / (length || 1);
        return { x: point.x + (other.x - point.x) * share, y: point.y + (other.y - point.y) * share };
      };
      const [enter, leave] = [towards(before), towards(after)];
      return `L${number(enter.x)} ${number(enter.y)}Q${number(point.x)} ${number(point.y)} ${number(leave.x)} ${number(leave.y)}`;
    })
    .join("");

const kindOf = ({ arrow }: PlacedArrow): TransitionKind => {
  const kinds = new Set(arrow.transitions.map(({ kind }) => kind));
  return kinds.size === 1 ? ([...kinds][0] ?? "event") : "event";
};

/** A viewer shows this on hovering over the arrow: the chart's description of each of its transitions. */
const told = ({ arrow }: PlacedArrow): string => {
  const words = arrow.transitions.flatMap(({ event, description }) => (description === null ? [] : [`${event}: ${description}`]));
  return words.length === 0 ? "" : `<title>${escapeMarkup(words.join("\n"))}</title>`;
};

const drawLine = (placed: PlacedArrow): string =>
  `<g class="k-${kindOf(placed)}" data-source="${escapeMarkup(placed.arrow.source)}" data-target="${escapeMarkup(placed.arrow.target)}" data-events="${escapeMarkup(placed.arrow.transitions.map(({ event }) => event).join(" "))}">${told(placed)}<path class="arrow" d="${path(placed.points)}"/>${drawHead(placed.points)}</g>`;

const drawLabel = ({ label }: PlacedArrow): string =>
  label === null
    ? ""
    : `<rect class="paper" x="${number(label.x)}" y="${number(label.y)}" width="${number(label.width)}" height="${number(label.height)}" rx="3"/>${block(label.lines, label.x + 4, label.y)}`;

const frame = (className: string): string => `<rect class="state ${className}" x="2" y="1" width="${signWidth - 4}" height="12" rx="4"/>`;

const signs: Readonly<Record<PlacedEntry["sign"], string>> = {
  start: `<circle class="start" cx="${signWidth / 2}" cy="7" r="5"/>`,
  final: `${frame("")}<rect class="state" fill="none" x="5" y="4" width="${signWidth - 10}" height="6" rx="2"/>`,
  region: frame("region"),
  deaf: frame("uninterruptible"),
  elsewhere: frame("elsewhere"),
  ...(Object.fromEntries(
    (["event", "done", "error", "after", "always"] as const).map((kind) => [
      kind,
      `<g class="k-${kind}"><path class="arrow" d="M0 7L${signWidth - headLength} 7"/><path class="head" d="M${signWidth} 7L${signWidth - headLength} 3L${signWidth - headLength} 11Z"/></g>`,
    ]),
  ) as Record<TransitionKind, string>),
};

const drawEntry = ({ sign, words, style, x, row }: PlacedEntry, top: number): string => {
  const y = top + row * (lineHeight + 4);
  return `<g transform="translate(${number(x)} ${number(y)})">${signs[sign]}</g>${textLine([{ text: words, style }], x + signWidth + 6, y + 11)}`;
};

/**
 * A chart as a self-contained SVG. Every text gets a fixed width, so that no font overflows a box. Every state and arrow
 * has attributes that identify it, so that the same picture can be the live view.
 */
export const renderSvg = (chart: StateModel, placement: Placement, title: string): string => {
  const legend = placeLegend(legendOf(chart), placement.width);
  const height = placement.height + legendHeight(legend);
  const parents = new Map(placement.boxes.flatMap(({ state }) => state.states.map((child) => [child.id, state] as const)));
  const parts = [
    `<rect class="ground" width="${placement.width}" height="${height}"/>`,
    ...placement.boxes.map((box) => drawBox(box, parents.get(box.state.id))),
    ...placement.arrows.map(drawLine),
    ...placement.starts.map(
      ({ x, y, points }) =>
        `<g class="k-event"><circle class="start" cx="${number(x + startSize / 2)}" cy="${number(y + startSize / 2)}" r="${startSize / 2 - 1}"/><path class="arrow" d="${path(points)}"/>${drawHead(points)}</g>`,
    ),
    ...placement.arrows.map(drawLabel),
    ...legend.map((entry) => drawEntry(entry, placement.height)),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${placement.width} ${height}" width="${placement.width}" height="${height}" role="img">
<title>${escapeMarkup(title)}</title><style>${styleSheet}</style>
${parts.join("\n")}
</svg>
`;
};
