import { detailOf, everyState, foldedAt } from "./graph.js";
import { placeChart, type Placement } from "./layout.js";
import { machines, sampleContext } from "./machines.js";
import { chartModel, type StateModel } from "./model.js";
import { overviewOf } from "./overview.js";
import { renderSvg } from "./svg.js";
import { eventTable } from "./table.js";

interface Split {
  /** States that are drawn folded: with their insides the whole chart would be too large for a screen. */
  readonly folded: readonly string[];
  /** States that get a picture of their own. */
  readonly pictured: readonly string[];
  /** If given, the first picture is an overview: arrows in a few words, and those that leave these states drawn once. */
  readonly overview?: readonly string[];
  /** States that the first picture leaves out because they are entered only on request, and where each leads to. */
  readonly optional?: Readonly<Record<string, string>>;
  /** Pictured states whose own picture is an overview too, because they have many states side by side. */
  readonly summarised?: readonly string[];
}

const splits: Readonly<Record<string, Split>> = {
  run: {
    folded: [
      "run.prepare",
      "run.holding.running.recover",
      "run.holding.running.deps",
      "run.holding.running.deploy",
      "run.holding.running.test",
      "run.holding.running.hold",
      "run.holding.tearingDown",
      "run.reporting",
    ],
    pictured: [
      "run.prepare",
      "run.holding.running",
      "run.holding.running.test",
      "run.holding.running.hold",
      "run.holding.tearingDown",
      "run.reporting",
    ],
    overview: ["run.holding.running"],
    optional: { "run.holding.running.hold": "run.holding.tearingDown" },
    summarised: ["run.holding.running.test"],
  },
  teardown: { folded: ["teardown.removing"], pictured: ["teardown.removing"] },
};

interface Picture {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly model: StateModel;
}

export const picturesOf = (name: string, chart: StateModel): readonly Picture[] => {
  const { folded, pictured, overview, optional = {}, summarised = [] }: Split = splits[name] ?? { folded: [], pictured: [] };
  const details = pictured.flatMap((id): readonly Picture[] => {
    const inner = new Set(pictured.filter((other) => other.startsWith(`${id}.`)));
    const whole = detailOf(chart, id);
    const model =
      whole === null
        ? null
        : summarised.includes(id)
          ? { ...overviewOf(whole, inner, new Set([id])), sideways: true }
          : foldedAt(whole, inner);
    const state = everyState(chart).find((one) => one.id === id);
    return model === null || state === undefined ? [] : [{ name: id, title: id, description: state.description ?? "", model }];
  });
  const first =
    overview === undefined
      ? foldedAt(chart, new Set(folded))
      : overviewOf(chart, new Set(folded), new Set(overview), new Map(Object.entries(optional)));
  return [{ name, title: name, description: chart.description ?? "", model: first }, ...details];
};

const section = (name: string, chart: StateModel, pictures: readonly Picture[]): string =>
  [
    `## ${name}`,
    "",
    chart.description ?? "",
    "",
    ...pictures.flatMap(({ name: file, title, description }, index) => [
      ...(index === 0 ? [] : [`### ${title}`, "", description, ""]),
      `![${title}](${file}.svg)`,
      "",
    ]),
    `<details><summary>Every state and event of ${name}</summary>`,
    "",
    eventTable(chart),
    "",
    "</details>",
    "",
  ].join("\n");

const introduction = `# The charts

Generated from src/machines by \`recipe-ci chart\`; a test compares them with the code. Do not edit.

The first picture of the run is an overview: an arrow says in a few words why a state is left, and the state that only --hold enters is left out. All other pictures name each
event, actor, delay, guard and action. An amber frame with an ear struck out is deaf: it names what it does not react to.
`;

/** A chart with its pictures laid out. */
interface PlacedChart {
  readonly name: string;
  readonly chart: StateModel;
  readonly pictures: readonly (Picture & { readonly placement: Placement })[];
}

/** Lays out every picture of every chart, which takes seconds. */
export const placeCharts = async (): Promise<readonly PlacedChart[]> => {
  const charts: PlacedChart[] = [];
  for (const [name, machine] of Object.entries(machines)) {
    const chart = chartModel(machine, sampleContext);
    const pictures: PlacedChart["pictures"][number][] = [];
    for (const picture of picturesOf(name, chart)) pictures.push({ ...picture, placement: await placeChart(picture.model) });
    charts.push({ name, chart, pictures });
  }
  return charts;
};

/** Every generated file by its name: of each chart the pictures, the model and the table, and one page for all. */
export const exportCharts = (charts: readonly PlacedChart[]): ReadonlyMap<string, string> => {
  const files = new Map<string, string>();
  const sections: string[] = [introduction];
  for (const { name, chart, pictures } of charts) {
    for (const { name: file, model, placement, title } of pictures) files.set(`${file}.svg`, renderSvg(model, placement, title));
    files.set(`${name}.json`, `${JSON.stringify(chart, null, 2)}\n`);
    sections.push(section(name, chart, pictures));
  }
  files.set("README.md", sections.join("\n"));
  return files;
};
