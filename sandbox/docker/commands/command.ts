import type { Caller } from "../../shared/caller.js";
import type { CommandLine } from "../../shared/words.js";
import type { Command } from "../listings.js";

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

export const labelFlags = (line: CommandLine): Readonly<Record<string, string>> =>
  Object.fromEntries(
    line
      .flag("--label", "-l")
      .map((label) => (label.includes("=") ? [label.slice(0, label.indexOf("=")), label.slice(label.indexOf("=") + 1)] : [label, ""])),
  );

/** The client's prefix for what its daemon said. */
export const said = "Error response from daemon:";
