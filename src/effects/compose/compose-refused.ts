import { RunError } from "../../machines/errors.js";

/** A place in the recipe's files. */
export interface Place {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
}

export const placeText = ({ file, line }: Place): string => `${file}:${line}`;

/** Where a recipe's variables get their values, for messages. */
export const inTheirPlaces = "in .env.sample, abra.sh, or env in recipe.yml";

/** The hint for something that is usually empty because a variable is not set. */
export const areVariablesSet = `Are all its variables set, ${inTheirPlaces}? docker stack deploy would refuse it as it is.`;

/** The failure of a compose file that no deploy could accept. The message quotes names in the file, never values. */
export const composeRefused = (at: Place, what: string, hint = "docker stack deploy would refuse it too: correct the file."): RunError =>
  new RunError("compose-refused", `${placeText(at)}: ${what}`, { hint });
