import { publicCommands } from "./command-table.js";
import { options } from "./options.js";
import { usageError } from "./program.js";

const names = publicCommands.map(([name]) => name).join(" ");

const flagsOf = (shell: (name: string, flags: string) => string): string =>
  publicCommands.map(([name, spec]) => shell(name, [...spec.options.map((option) => options[option].flag), "--help"].join(" "))).join("\n");

const bash = (): string => `_recipe_ci() {
  local word=\${COMP_WORDS[COMP_CWORD]} flags=
  if [ "$COMP_CWORD" -eq 1 ]; then COMPREPLY=($(compgen -W "${names}" -- "$word")); return; fi
  case \${COMP_WORDS[1]} in
${flagsOf((name, flags) => `    ${name}) flags="${flags}" ;;`)}
  esac
  COMPREPLY=($(compgen -W "$flags" -- "$word"))
}
complete -o default -F _recipe_ci recipe-ci`;

const zsh = (): string => `#compdef recipe-ci
if (( CURRENT == 2 )); then compadd ${names}; return; fi
case $words[2] in
${flagsOf((name, flags) => `  ${name}) compadd -- ${flags} ;;`)}
esac
_files`;

/** The completion script for a shell: the commands and their flags. */
export const completion = (shell: string): string => {
  if (shell === "bash") return bash();
  if (shell === "zsh") return zsh();
  throw usageError(`there is no completion for ${shell}`, "Known: bash, zsh.");
};
