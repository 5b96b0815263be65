import { redact } from "../../effects/redact.js";
import { RunError } from "../../machines/errors.js";

/** What was given in the place of a name may be an address, its password included, or a whole file. */
const shownMax = 200;

/** A value that cannot be what was meant. Nothing was touched. */
export const badSetting = (name: string, value: string, why: string, hint = "See: recipe-ci run --help"): RunError =>
  new RunError("bad-setting", `${name}: ${redact(JSON.stringify(value.slice(0, shownMax)))} ${why}`, { hint });
