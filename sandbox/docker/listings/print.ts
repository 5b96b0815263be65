import type { Labels } from "../../engine/schema.js";
import type { CommandLine } from "../../shared/words.js";
import type { Command } from "../commands/command.js";
import { listing } from "../format.js";

/** Labels as a listing shows them. */
export const labelText = (labels: Labels | null): string =>
  Object.entries(labels ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .join(",");

/** Whether the caller wants nothing but the ids. */
const isQuiet = (line: CommandLine): boolean => line.flag("-q", "--quiet").length > 0;

/** An id as long as the caller wants it. */
export const cut = (id: string, line: CommandLine): string => (line.flag("--no-trunc").length > 0 ? id : id.slice(0, 12));

/** Prints rows as the caller's flags say. `quietBy`: what --quiet shows of each; its id if not given. */
export const print = (
  { line, out }: Command,
  rows: readonly Readonly<Record<string, string>>[],
  columns: readonly string[],
  quietBy?: string,
): void => out(listing(rows, line.flag("--format").at(-1), isQuiet(line), columns, quietBy));
