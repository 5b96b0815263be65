/** Flags of docker and abra that take the next word as their value. */
const valued = new Set(["--format", "--filter", "-c", "--compose-file", "--tail", "-n", "--resolve-image", "--label", "-l", "--server", "--domain"]);

export interface CommandLine {
  /** The words that are no flags and no flag's value. */
  readonly words: readonly string[];
  /** Every value of a flag, in order; a flag without one has `""`. */
  readonly flag: (...names: readonly string[]) => readonly string[];
}

/** Splits a command line. `bare`: flags that take no value here although they do elsewhere (abra's -n and -c). */
export const parseWords = (argv: readonly string[], bare: ReadonlySet<string> = new Set()): CommandLine => {
  const words: string[] = [];
  const flags: (readonly [string, string])[] = [];
  for (let index = 0; index < argv.length; index += 1) {
    const word = argv[index] ?? "";
    if (!word.startsWith("-") || word === "-") {
      words.push(word);
      continue;
    }
    const [name = "", value] = word.includes("=") ? [word.slice(0, word.indexOf("=")), word.slice(word.indexOf("=") + 1)] : [word];
    if (value === undefined && valued.has(name) && !bare.has(name)) {
      index += 1;
      flags.push([name, argv[index] ?? ""]);
    } else flags.push([name, value ?? ""]);
  }
  return { words, flag: (...names) => flags.filter(([name]) => names.includes(name)).map(([, value]) => value) };
};
