import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A run's own account, as far as a reader from outside can rely on it: interface.md's names, everything optional. */
export interface Account {
  readonly folder: string;
  readonly record: Readonly<Record<string, unknown>> | null;
  /** ledger.json: what it found and what it made. */
  readonly ledger: Readonly<Record<string, unknown>> | null;
  /** The lines of its own chart, in the order of the file. */
  readonly steps: readonly { readonly at: number; readonly event: string; readonly state: string }[];
}

const parse = (text: string): Readonly<Record<string, unknown>> | null => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null; // The last line of a run that was killed in the middle of writing it.
  }
};

const read = (path: string): string => (existsSync(path) ? readFileSync(path, "utf8") : "");

const typeOf = (event: unknown): string => (typeof event === "object" && event !== null && "type" in event ? String(event.type) : "");

const accountOf = (folder: string): Account => ({
  folder,
  record: parse(read(join(folder, "run.json"))),
  ledger: parse(read(join(folder, "ledger.json"))),
  steps: read(join(folder, "events.jsonl"))
    .split("\n")
    .flatMap((line) => {
      const entry = parse(line);
      if (entry === null || entry["actor"] !== "run") return [];
      const state = Array.isArray(entry["state"]) ? String(entry["state"][0] ?? "") : "";
      return [{ at: Date.parse(String(entry["at"])), event: typeOf(entry["event"]), state }];
    }),
});

/** Every run of a folder. */
export const accountsIn = (runsDir: string): readonly Account[] =>
  existsSync(runsDir)
    ? readdirSync(runsDir)
        .filter((name) => name !== "apps" && existsSync(join(runsDir, name, "run.json")))
        .map((name) => accountOf(join(runsDir, name)))
    : [];

/** apps/<domain>.json, or null. */
export const appRecord = (runsDir: string, domain: string): Readonly<Record<string, unknown>> | null =>
  parse(read(join(runsDir, "apps", `${domain}.json`)));
