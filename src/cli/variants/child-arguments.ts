import { options, type Flags, type OptionName } from "../options.js";

/** Options of which each variant gets its own value. */
const own: readonly string[] = ["variant", "runId", "deadline", "json"];

const isOption = (name: string): name is OptionName => name in options;

/** The arguments of one variant's run: what was given for all of them, and its own. */
export const childArguments = (
  operand: string | undefined,
  flags: Flags,
  { variant, runId, leftMs }: { readonly variant: string; readonly runId: string; readonly leftMs: number },
): readonly string[] => [
  "run",
  ...(operand === undefined ? [] : [operand]),
  ...Object.entries(flags).flatMap(([name, value]) => {
    if (!isOption(name) || own.includes(name) || value === false) return [];
    return [value === true ? options[name].flag : `${options[name].flag}=${value}`];
  }),
  `--variant=${variant}`,
  `--run-id=${runId}`,
  `--deadline=${Math.max(1, Math.floor(leftMs / 1_000))}s`,
  "--json",
];
