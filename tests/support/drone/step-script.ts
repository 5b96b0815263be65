/** The word, quoted so that the shell takes it literally. */
export const quoted = (word: string): string => `'${word.replaceAll("'", String.raw`'\''`)}'`;

/**
 * The command after the runner's substitution in the YAML, which comes before any shell: `${NAME}` becomes the build's value, or
 * nothing, and `$$` becomes `$`. `$NAME` and `$(…)` stay as they are.
 */
export const substituted = (command: string, env: Readonly<Record<string, string>>): string =>
  command.replaceAll(/\$\$|\$\{([A-Za-z_]\w*)\}/g, (whole, name?: string) => (whole === "$$" ? "$" : (env[name ?? ""] ?? "")));

/**
 * The script of a step. One shell runs all commands, so variables, traps and descriptors last from one to the next. Each command is
 * printed before it is run.
 */
export const stepScript = (commands: readonly string[]): string =>
  commands.map((command) => `\necho + ${quoted(command)}\n${command}\n`).join("");
