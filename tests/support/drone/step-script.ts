/** A word that the shell takes literally. */
export const quoted = (word: string): string => `'${word.replaceAll("'", String.raw`'\''`)}'`;

/**
 * The runner substitutes in the YAML before any shell sees it: `${NAME}` becomes the build's value, or nothing, and `$$`
 * becomes `$`. `$NAME` and `$(…)` pass unharmed.
 */
export const substituted = (command: string, env: Readonly<Record<string, string>>): string =>
  command.replaceAll(/\$\$|\$\{([A-Za-z_]\w*)\}/g, (whole, name?: string) => (whole === "$$" ? "$" : (env[name ?? ""] ?? "")));

/**
 * All commands of a step are one script of one shell: variables, traps and descriptors go on from one to the next.
 * Each is printed before it is run.
 */
export const stepScript = (commands: readonly string[]): string =>
  commands.map((command) => `\necho + ${quoted(command)}\n${command}\n`).join("");
