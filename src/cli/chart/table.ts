import { formatDuration } from "../../machines/duration.js";
import { everyState } from "./graph.js";
import type { StateModel, TransitionModel } from "./model.js";

const heading = ({ kind, event, delayMs }: TransitionModel): string => {
  if (kind === "event") return event;
  if (kind === "always") return "(always)";
  if (kind === "after") return `after ${event}${delayMs === null ? "" : ` (${formatDuration(delayMs)})`}`;
  return event === "all done" ? event : `${kind}: ${event}`;
};

const short = (id: string, chart: StateModel): string => (id === chart.id ? id : id.slice(chart.id.length + 1));

const cell = (transition: TransitionModel, chart: StateModel): string => {
  const guard = transition.guard === null ? "" : `[${transition.guard}] `;
  const target =
    transition.target === null
      ? transition.actions.some((name) => name.startsWith("noteIgnored"))
        ? "ignored"
        : "stays"
      : `→ ${short(transition.target, chart)}`;
  const actions = transition.actions.length === 0 ? "" : ` / ${transition.actions.join(", ")}`;
  return `${guard}${target}${actions}${transition.description === null ? "" : ` (${transition.description.replace(/\.$/, "")})`}`;
};

const escaped = (text: string): string => text.replaceAll("|", String.raw`\|`);

/** One row for each state and each event that it handles or ignores: a table can show what an arrow cannot. */
export const eventTable = (chart: StateModel): string => {
  const rows = everyState(chart).flatMap((state) => {
    const events = new Map<string, string[]>();
    for (const transition of state.transitions) {
      const name = heading(transition);
      events.set(name, [...(events.get(name) ?? []), cell(transition, chart)]);
    }
    return [...events].map(([event, cells]) => `| ${short(state.id, chart)} | ${escaped(event)} | ${escaped(cells.join("; else "))} |`);
  });
  return ["| state | event | leads to |", "|---|---|---|", ...rows].join("\n");
};
