import elk from "elkjs/lib/elk.bundled.js";
import type { ELK, ElkExtendedEdge, ElkNode } from "elkjs/lib/elk-api.js";
import { arrowsIn, everyState, type Arrow } from "./graph.js";
import { options, packing, sideways } from "./layout-options.js";
import { headerLines, labelLines } from "./lines.js";
import type { StateModel } from "./model.js";
import { blockWidth, lineHeight, widthOf, type Line } from "./text.js";

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Box {
  readonly state: StateModel;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly lines: readonly Line[];
  readonly depth: number;
}

export interface PlacedArrow {
  readonly arrow: Arrow;
  readonly points: readonly Point[];
  readonly label: {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
    readonly lines: readonly Line[];
  } | null;
}

export interface Placement {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly Box[];
  readonly arrows: readonly PlacedArrow[];
  /** The dots from which initial states are entered, and their arrows. */
  readonly starts: readonly { readonly x: number; readonly y: number; readonly points: readonly Point[] }[];
}

/** elkjs is CommonJS, and the compiler takes its default export for the module. */
const Elk = elk as unknown as new () => ELK;

export const titleHeight = 26;
export const inset = 12;
export const startSize = 12;

const rounded = (n: number | undefined): number => Math.round((n ?? 0) * 10) / 10;

const headerHeight = (lines: readonly Line[]): number => titleHeight + lines.length * lineHeight + (lines.length > 0 ? 8 : 2);

const headerWidth = (state: StateModel, lines: readonly Line[]): number =>
  Math.max(80, widthOf({ text: state.key, style: "title" }) + 2 * inset, blockWidth(lines) + 2 * inset);

const startOf = (state: StateModel): string => `${state.id}:start`;

/**
 * A parallel state with many regions that no arrow leaves. They are laid out one by one and packed into rows, because
 * side by side they would be wider than a page.
 */
const isPacked = (state: StateModel): boolean => {
  if (state.type !== "parallel" || state.states.length < 3) return false;
  const inside = new Set(everyState(state).map(({ id }) => id));
  return state.states
    .flatMap(everyState)
    .every(({ transitions }) => transitions.every(({ target }) => target === null || inside.has(target)));
};

const nodeOf = (state: StateModel, edges: readonly ElkExtendedEdge[]): ElkNode => {
  const lines = headerLines(state);
  const [width, height] = [headerWidth(state, lines), headerHeight(lines)];
  if (state.states.length === 0) return { id: state.id, width, height };
  const start: ElkNode[] = state.initial === null ? [] : [{ id: startOf(state), width: startSize, height: startSize }];
  return {
    id: state.id,
    children: [...start, ...state.states.map((child) => (isPacked(state) ? regionOf(child, edges) : nodeOf(child, edges)))],
    layoutOptions: {
      "elk.padding": `[top=${height + 14},left=18,bottom=18,right=18]`,
      "elk.nodeSize.constraints": "MINIMUM_SIZE",
      "elk.nodeSize.minimum": `(${Math.ceil(width)},${height + 40})`,
      ...(isPacked(state) ? packing : {}),
    },
  };
};

/** A region laid out by itself, with the arrows inside of it. */
const regionOf = (state: StateModel, edges: readonly ElkExtendedEdge[]): ElkNode => {
  const node = nodeOf(state, edges);
  return { ...node, layoutOptions: { ...options, ...node.layoutOptions }, edges: edges.filter((edge) => isWithin(edge, state)) };
};

const isWithin = ({ sources: [source = ""] }: ElkExtendedEdge, { id }: StateModel): boolean =>
  source.startsWith(`${id}.`) || source.startsWith(`${id}:`);

const packedRegions = (chart: StateModel): readonly StateModel[] =>
  everyState(chart)
    .filter(isPacked)
    .flatMap(({ states }) => states);

/** Whether an arrow is part of the chart's main line, which should run straight down: an actor ended well. */
const isMain = (arrow: Arrow): boolean => arrow.transitions.some(({ kind }) => kind === "done");

/**
 * Arrows against the chart's own order are laid out in reverse. Otherwise a loop at the end of a chart could place its
 * middle above its beginning.
 */
const edgeOf = (arrow: Arrow, isBack: boolean): ElkExtendedEdge => {
  const lines = labelLines(arrow.transitions);
  return {
    id: arrow.id,
    sources: [isBack ? arrow.target : arrow.source],
    targets: [isBack ? arrow.source : arrow.target],
    layoutOptions: isMain(arrow) ? { "elk.layered.priority.straightness": "20", "elk.layered.priority.shortness": "5" } : {},
    labels: [{ text: arrow.id, width: blockWidth(lines) + 8, height: lines.length * lineHeight + 4 }],
  };
};

const startEdges = (state: StateModel): readonly ElkExtendedEdge[] => [
  ...(state.initial === null ? [] : [{ id: `${startOf(state)}->`, sources: [startOf(state)], targets: [state.initial] }]),
  ...state.states.flatMap(startEdges),
];

const pointsOf = (edge: ElkExtendedEdge): readonly Point[] => {
  const section = edge.sections?.[0];
  if (section === undefined) return [];
  return [section.startPoint, ...(section.bendPoints ?? []), section.endPoint].map(({ x, y }) => ({ x: rounded(x), y: rounded(y) }));
};

const boxesIn = (state: StateModel, nodes: ReadonlyMap<string, ElkNode>, depth: number): readonly Box[] => {
  const node = nodes.get(state.id);
  if (node === undefined) return [];
  const box: Box = {
    state,
    x: rounded(node.x),
    y: rounded(node.y),
    width: rounded(node.width),
    height: rounded(node.height),
    lines: headerLines(state),
    depth,
  };
  return [box, ...state.states.flatMap((child) => boxesIn(child, nodes, depth + 1))];
};

/** Arrows that lead to a state earlier in the chart that does not contain their source. */
const backArrows = (chart: StateModel, arrows: readonly Arrow[]): ReadonlySet<string> => {
  const order = new Map(everyState(chart).map(({ id }, index) => [id, index]));
  const isBack = ({ source, target }: Arrow): boolean =>
    (order.get(target) ?? 0) < (order.get(source) ?? 0) && !source.startsWith(`${target}.`);
  return new Set(arrows.filter(isBack).map(({ id }) => id));
};

const flatten = (node: ElkNode): readonly ElkNode[] => [node, ...(node.children ?? []).flatMap(flatten)];

/** Computes where everything in a chart is drawn. */
export const placeChart = async (chart: StateModel): Promise<Placement> => {
  const arrows = arrowsIn(chart);
  const back = backArrows(chart, arrows);
  const drawn = [...startEdges(chart), ...arrows.map((arrow) => edgeOf(arrow, back.has(arrow.id)))];
  const regions = packedRegions(chart);
  const page: ElkNode = {
    id: "page",
    layoutOptions: { ...options, ...(chart.sideways === true ? sideways : {}) },
    children: [nodeOf(chart, drawn)],
    edges: drawn.filter((edge) => !regions.some((region) => isWithin(edge, region))),
  };
  const laid = await new Elk().layout(page);
  const nodes = new Map(flatten(laid).map((node) => [node.id, node]));
  const edges = new Map(flatten(laid).flatMap((node) => (node.edges ?? []).map((edge) => [edge.id, edge] as const)));
  return {
    width: Math.ceil(laid.width ?? 0),
    height: Math.ceil(laid.height ?? 0),
    boxes: boxesIn(chart, nodes, 0),
    arrows: arrows.map((arrow) => {
      const edge = edges.get(arrow.id);
      const label = edge?.labels?.[0];
      const { x, y, width, height } = {
        x: rounded(label?.x),
        y: rounded(label?.y),
        width: rounded(label?.width),
        height: rounded(label?.height),
      };
      return {
        arrow,
        points: edge === undefined ? [] : back.has(arrow.id) ? pointsOf(edge).toReversed() : pointsOf(edge),
        label: label === undefined ? null : { x, y, width, height, lines: labelLines(arrow.transitions) },
      };
    }),
    starts: [...nodes.values()].flatMap((node) =>
      node.id.endsWith(":start")
        ? [{ x: rounded(node.x), y: rounded(node.y), points: pointsOf(edges.get(`${node.id}->`) ?? { id: "", sources: [], targets: [] }) }]
        : [],
    ),
  };
};
