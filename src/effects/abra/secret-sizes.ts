import { RunError } from "../../machines/errors.js";
import { secretsAskedFor } from "../secrets/learn-generated.js";
import { settingsIn } from "./env-file.js";

/** The longest secret allowed, in characters, and how many secrets: many times what any recipe has. */
const lengthMax = 4_096;
const secretsMax = 200;

const refused = (where: string, what: string): RunError =>
  new RunError({ code: "recipe-file-refused", exitCode: 1 }, `${where}: ${what}`, {
    hint: `abra generates what is asked for, whatever it takes: ask for ${secretsMax} secrets of ${lengthMax} characters at most.`,
  });

/** `SECRET_A_VERSION=v1 # length=64`: abra reads the length in the comment. Throws `recipe-file-refused` (1). */
export const assertSecretSizes = (env: string, file: string): void => {
  for (const [index, line] of env.split("\n").entries()) {
    if (!line.includes("SECRET_")) continue;
    for (const [, length] of line.matchAll(/\blength[ \t]*=[ \t]*["']?(\d+)/g)) {
      if (Number(length) > lengthMax) throw refused(`${file}:${index + 1}`, `a secret of more than ${lengthMax} characters is asked for`);
    }
  }
  const count = secretsAskedFor(settingsIn(env, file)).length;
  if (count > secretsMax) throw refused(file, `${count} secrets are asked for, and ${secretsMax} may be`);
};
