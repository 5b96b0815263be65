import { accountsIn } from "../support/oracle/run-files.js";

interface Entry {
  readonly at: number;
  readonly run: string;
  readonly what: string;
}

/** What the harness did, and when; for the one who has to find out why a batch failed. */
export class Timeline {
  readonly #began = Date.now();
  readonly #entries: Entry[] = [];

  note(run: string, what: string): void {
    this.#entries.push({ at: Date.now(), run, what });
  }

  /** In order of time, together with what the runs' own journals tell. */
  tell(runsDir: string): string {
    const told = accountsIn(runsDir).flatMap(({ record, steps }) =>
      steps.map(({ at, event, state }): Entry => ({
        at,
        run: typeof record?.["runId"] === "string" ? record["runId"] : "?",
        what: `· ${event} → ${state}`,
      })),
    );
    return [...this.#entries, ...told]
      .sort((a, b) => a.at - b.at)
      .map(({ at, run, what }) => `${String(at - this.#began).padStart(7)} ms  ${run.padEnd(8)} ${what}`)
      .join("\n");
  }
}
