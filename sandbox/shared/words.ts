/** Flags of docker and abra that take the next word as their value. */
const valued = new Set([
  ...[
    "--format",
    "--filter",
    "-c",
    "--compose-file",
    "--tail",
    "-n",
    "--resolve-image",
    "--label",
    "-l",
    "--server",
    "--domain",
    "--driver",
    "-d",
    "--since",
    "--until",
  ],
  ...[
    "--env",
    "-e",
    "--workdir",
    "-w",
    "--user",
    "-u",
    "--signal",
    "-s",
    "--time",
    "-t",
    "--replicas",
    "--opt",
    "-o",
    "--context",
    "--host",
    "-H",
    "--scope",
    "--subnet",
  ],
]);

export interface CommandLine {
  /** The words that are neither flags nor values of flags. */
  readonly words: readonly string[];
  /** Every value of a flag, in order; a flag without one has `""`. */
  readonly flag: (...names: readonly string[]) => readonly string[];
  /** The names of all flags that were given. */
  readonly names: readonly string[];
}

/**
 * Splits a command line. `bare`: flags that take no value here, although they do for the other tool (abra's -n and -c).
 * `endsAt`: after this many words everything is a word, whatever it looks like (the command of an exec).
 */
export const parseWords = (
  argv: readonly string[],
  bare: ReadonlySet<string> = new Set(),
  endsAt = Number.POSITIVE_INFINITY,
): CommandLine => {
  const words: string[] = [];
  const flags: (readonly [string, string])[] = [];
  for (let index = 0; index < argv.length; index += 1) {
    const word = argv[index] ?? "";
    if (!word.startsWith("-") || word === "-" || words.length >= endsAt) {
      words.push(word);
      continue;
    }
    const [name = "", value] = word.includes("=") ? [word.slice(0, word.indexOf("=")), word.slice(word.indexOf("=") + 1)] : [word];
    const next = argv[index + 1] ?? "";
    // -f is a format for some commands, a filter for others, and "by force" for the rest.
    const takesNext = name === "-f" ? next.startsWith("{{") || next === "json" || /^[a-z-]+=/.test(next) : valued.has(name);
    if (value === undefined && takesNext && !bare.has(name)) {
      index += 1;
      flags.push([name, argv[index] ?? ""]);
    } else flags.push([name, value ?? ""]);
  }
  return {
    words,
    flag: (...names) => flags.filter(([name]) => names.includes(name)).map(([, value]) => value),
    names: flags.map(([name]) => name),
  };
};
