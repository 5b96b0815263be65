import { withAncestors } from "../../machines/trace-line.js";
import { html, Markup } from "./html-text.js";

const isWithin = (id: string, frame: string): boolean => id === frame || id.startsWith(`${frame}.`);

/** Whether an arrow of the picture stands for the step from one state to the next. */
const isOnTheWay = (source: string, target: string, path: readonly string[]): boolean =>
  path.some((to, index) => {
    const from = path[index - 1];
    return from !== undefined && isWithin(from, source) && isWithin(to, target) && (!isWithin(to, source) || isWithin(target, source));
  });

const arrow = /data-source="([^"]+)" data-target="([^"]+)"/g;

/** Ids are the chart's own: letters, digits, dots and colons. Anything else would not be one. */
const quoted = (attribute: string, id: string): string => `[${attribute}="${id.replaceAll(/[^\w.:-]/g, "")}"]`;

/** The chart with the states that the run was in framed, and the arrows that it took in the same blue. */
export const pathTaken = (chart: string | null, path: readonly string[]): Markup | null => {
  if (chart === null) return null;
  const states = [...new Set(path.flatMap(withAncestors))].map((id) => `${quoted("data-state", id)}>.state`);
  const arrows = [...chart.matchAll(arrow)]
    .filter(([, source = "", target = ""]) => isOnTheWay(source, target, path))
    .map(([, source = "", target = ""]) => `${quoted("data-source", source)}${quoted("data-target", target)}`);
  const rules = [
    ...(states.length === 0 ? [] : [`${states.join(",")}{stroke:#2f6fed;stroke-width:3}`]),
    ...(arrows.length === 0
      ? []
      : [
          `${arrows.map((one) => `${one} .arrow`).join(",")}{stroke:#2f6fed;stroke-width:3}`,
          `${arrows.map((one) => `${one} .head`).join(",")}{fill:#2f6fed}`,
        ]),
  ];
  return html`<h2>The path taken</h2><style>${new Markup(rules.join(""))}</style><div class="chart">${new Markup(chart)}</div>`;
};
