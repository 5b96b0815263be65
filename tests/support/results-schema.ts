import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";

/** Tests are started in the checkout; a harness that is bundled lies elsewhere. */
const schemaFile = join(process.cwd(), "schemas/results.schema.json");

let compiled: ReturnType<Ajv2020["compile"]> | undefined;

/** What the published schema has against a results file; empty for one that keeps to it. */
export const schemaTroubles = (results: unknown): readonly string[] => {
  compiled ??= new Ajv2020({
    allErrors: true,
    strictTypes: false,
    formats: { "date-time": /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/ },
  }).compile(JSON.parse(readFileSync(schemaFile, "utf8")) as object);
  return compiled(results) ? [] : (compiled.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
};

/** The same for every run of a folder of runs, each with its name. */
export const schemaTroublesOfRuns = (runsDir: string): readonly string[] =>
  (existsSync(runsDir) ? readdirSync(runsDir) : []).flatMap((run) => {
    const file = join(runsDir, run, "results.json");
    return existsSync(file) ? schemaTroubles(JSON.parse(readFileSync(file, "utf8"))).map((trouble) => `${run}/results.json${trouble}`) : [];
  });

/** Throws where a run of the folder has a results file that is not as the published schema says. */
export const assertResults = (runsDir: string): void => {
  const troubles = schemaTroublesOfRuns(runsDir);
  if (troubles.length > 0) throw new Error(`against schemas/results.schema.json: ${troubles.join("; ")}`);
};
