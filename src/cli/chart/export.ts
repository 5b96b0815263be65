import { detailOf, everyState, foldedAt } from "./graph.js";
import { machines, sampleContext } from "./machines.js";
import { chartModel, type StateModel } from "./model.js";
import { renderSvg } from "./svg.js";
import { eventTable } from "./table.js";

/** States whose insides would make the whole chart too large for a screen, and which of them get a picture of their own. */
const splits: Readonly<Record<string, { readonly folded: readonly string[]; readonly pictured: readonly string[] }>> = {
  run: {
    folded: ["run.prepare", "run.holding.running", "run.holding.tearingDown", "run.reporting"],
    pictured: ["run.prepare", "run.holding.running", "run.holding.tearingDown", "run.reporting"],
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
  const { folded, pictured } = splits[name] ?? { folded: [], pictured: [] };
  const details = pictured.flatMap((id): readonly Picture[] => {
    const model = detailOf(chart, id);
    const state = everyState(chart).find((one) => one.id === id);
    return model === null || state === undefined
      ? []
      : [{ name: id, title: id, description: state.description ?? "", model }];
  });
  return [{ name, title: name, description: chart.description ?? "", model: foldedAt(chart, new Set(folded)) }, ...details];
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

Green arrows are ends of actors, red ones their errors, orange ones delays, purple ones taken at once when their guard
holds. A dot is where a state begins, a double frame where a chart ends, a dashed frame a region beside others. An amber
frame is deaf: what could interrupt it is struck through. A dotted frame stands for a state of another picture.
`;

/** Every generated file by its name: a picture or more, the model and the table of each chart, and the page of all. */
export const exportCharts = async (): Promise<ReadonlyMap<string, string>> => {
  const files = new Map<string, string>();
  const sections: string[] = [introduction];
  for (const [name, machine] of Object.entries(machines)) {
    const chart = chartModel(machine, sampleContext);
    const pictures = picturesOf(name, chart);
    for (const picture of pictures) files.set(`${picture.name}.svg`, await renderSvg(picture.model, picture.title));
    files.set(`${name}.json`, `${JSON.stringify(chart, null, 2)}\n`);
    sections.push(section(name, chart, pictures));
  }
  files.set("README.md", sections.join("\n"));
  return files;
};
