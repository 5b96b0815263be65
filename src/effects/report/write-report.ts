import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fromPromise } from "xstate";
import type { RunPorts } from "../../machines/run/run.ports.js";
import type { RunRecordFile } from "../record/run-record.js";
import { safely } from "../record/safely.js";
import { badge } from "./badge.js";
import { junit } from "./junit.js";
import { results } from "./results.js";

export interface ReportSettings {
  readonly runDir: string;
  readonly record: () => RunRecordFile;
  readonly onTrouble: (error: unknown) => void;
}

/** What a run tells beside its record. Each file on its own: one that cannot be written does not keep the others from it. */
export const writeReport = ({ runDir, record, onTrouble }: ReportSettings): RunPorts["writeReport"] =>
  fromPromise(async ({ input }) => {
    const files: readonly (readonly [string, () => string])[] = [
      ["junit.xml", () => junit(record(), input)],
      ["results.json", () => `${JSON.stringify(results(record(), input), null, 2)}\n`],
      ["badge.svg", () => badge(record().recipe, input.verdict, input.cleanliness)],
    ];
    for (const [name, render] of files) safely(() => writeFileSync(join(runDir, name), render()), onTrouble);
  });
