import { commandNames, usageError } from "./program.js";

const words = commandNames.filter((name) => name !== "completion").join(" ");

const scripts: Readonly<Record<string, string>> = {
  bash: `complete -W "${words}" recipe-ci`,
  zsh: `#compdef recipe-ci\n_arguments "1:command:(${words})"`,
};

/** The completion script of a shell: its commands; flags are in each command's --help. */
export const completion = (shell: string): string => {
  const script = scripts[shell];
  if (script === undefined) throw usageError(`no completion for ${shell}`, "Known: bash, zsh");
  return script;
};
