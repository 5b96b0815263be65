import { dirname } from "node:path";

interface Initialized {
  readonly file: string;
  readonly recipe: string;
  readonly source: string | null;
  readonly isSandbox: boolean;
  /** If the recipe's own folder was named: the settings file that would have to list the recipe. null: the file is the operator's. */
  readonly listedIn: string | null;
}

/** Says what was written, when it takes effect, and what to call next, with the flags of this call. */
export const initLines = ({ file, recipe, source, isSandbox, listedIn }: Initialized): readonly string[] => {
  const sandbox = isSandbox ? " --sandbox" : "";
  const next =
    listedIn === null
      ? [
          `a run has a custom tier once ${dirname(file)} has tests/custom, with an executable in it`,
          `try it: recipe-ci recipe check ${recipe}${source === null ? "" : ` --src ${source}`}${sandbox}`,
        ]
      : [
          `it counts where this host's ${listedIn} lists ${recipe} under allowRepoTests, and no operator has a recipe.yml for it`,
          `to write the operator's instead: recipe-ci recipe init ${recipe} --src .${sandbox}`,
        ];
  return [`wrote ${file}`, ...next];
};
