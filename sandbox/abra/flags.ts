import type { CommandLine } from "../shared/words.js";

export const has = (line: CommandLine, ...names: readonly string[]): boolean => line.flag(...names).length > 0;

export const isChaos = (line: CommandLine): boolean => has(line, "-C", "--chaos");
