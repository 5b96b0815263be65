import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** An exported chart, or a part of one that has a picture of its own. */
export interface Picture {
  /** `run`, or `run.holding.running`: the id of the state that it shows the inside of. */
  readonly name: string;
  readonly svg: string;
}

/** The exported pictures by the chart they belong to, the whole one first. Read once: the checkout may go away. */
export const readPictures = (folder: string): Readonly<Record<string, readonly Picture[]>> => {
  const pictures: Record<string, Picture[]> = {};
  const files = readdirSync(folder).filter((file) => file.endsWith(".svg"));
  for (const file of files.sort((a, b) => a.length - b.length || a.localeCompare(b))) {
    const name = file.slice(0, -".svg".length);
    const chart = name.split(".")[0] ?? name;
    (pictures[chart] ??= []).push({ name, svg: readFileSync(join(folder, file), "utf8") });
  }
  return pictures;
};
