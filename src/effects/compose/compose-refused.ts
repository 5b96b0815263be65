import { RunError } from "../../machines/errors.js";

/** Where something stands in the recipe. */
export interface Place {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
}

export const placeText = ({ file, line }: Place): string => `${file}:${line}`;

/** Where a recipe's variables get their values. */
export const inTheirPlaces = "in .env.sample, abra.sh, or env in recipe.yml";

/** The hint for what is most often empty by a variable that is not set. */
export const areVariablesSet = `Are all its variables set, ${inTheirPlaces}? docker stack deploy would refuse it as it is.`;

/** A compose file that no deploy could take as it is. The message quotes names of the file's own, never its values. */
export const composeRefused = (at: Place, what: string, hint = "docker stack deploy would refuse it too: correct the file."): RunError =>
  new RunError("compose-refused", `${placeText(at)}: ${what}`, { hint });
