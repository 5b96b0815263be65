import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { everyState, type StateModel } from "../chart/index.js";
import type { Picture } from "./picture.js";

/** The ids of a chart's states in the order in which a run enters them. */
const statesInOrder = (folder: string, chart: string): readonly string[] =>
  everyState(JSON.parse(readFileSync(join(folder, `${chart}.json`), "utf8")) as StateModel).map(({ id }) => id);

/**
 * The exported pictures by chart: the whole chart first, then its parts in the chart's order. Read once, because the checkout may go away.
 */
export const readPictures = (folder: string): Readonly<Record<string, readonly Picture[]>> => {
  const names = readdirSync(folder).flatMap((file) => (file.endsWith(".svg") ? [file.slice(0, -".svg".length)] : []));
  const charts = names.filter((name) => !name.includes("."));
  const picture = (name: string): Picture => ({ name, svg: readFileSync(join(folder, `${name}.svg`), "utf8") });
  return Object.fromEntries(
    charts.map((chart) => [
      chart,
      statesInOrder(folder, chart)
        .filter((id) => names.includes(id))
        .map(picture),
    ]),
  );
};
