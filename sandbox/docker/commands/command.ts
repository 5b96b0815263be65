import type { Caller } from "../../shared/caller.js";
import type { CommandLine } from "../../shared/words.js";
import type { Api } from "../api.js";
import { refuse } from "../refusal.js";

export interface Command {
  readonly api: Api;
  /** The words after the command's own. */
  readonly operands: readonly string[];
  readonly line: CommandLine;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

export interface Invoked extends Command {
  readonly caller: Caller;
}

export type Run = (command: Invoked) => Promise<void | number>;

export interface Entry {
  readonly run: Run;
  /** The flags that it knows, some of which it may ignore; any other is refused. Null: it parses its words itself. */
  readonly flags: readonly string[] | null;
}

export const formatOf = (line: CommandLine): string | undefined => line.flag("--format", "-f").at(-1);

/** `--filter label=a=b`, several of them, as the engine wants them. */
export const filtersOf = (line: CommandLine): Readonly<Record<string, string>> => {
  const filters: Record<string, string[]> = {};
  for (const text of line.flag("--filter", "-f")) {
    const at = text.indexOf("=");
    if (at === -1) refuse("invalid argument for --filter: expected name=value");
    (filters[text.slice(0, at)] ??= []).push(text.slice(at + 1));
  }
  return Object.keys(filters).length === 0 ? {} : { filters: JSON.stringify(filters) };
};

export const labelFlags = (line: CommandLine): Readonly<Record<string, string>> =>
  Object.fromEntries(
    line
      .flag("--label", "-l")
      .map((label) => (label.includes("=") ? [label.slice(0, label.indexOf("=")), label.slice(label.indexOf("=") + 1)] : [label, ""])),
  );

/** The client's prefix for what its daemon said. */
export const said = "Error response from daemon:";
