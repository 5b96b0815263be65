import { redact } from "../../effects/redact.js";
import { RunError } from "../../machines/errors.js";

/** How much of a wrong value is shown: it may be an address with a password, or a whole file. */
const shownMax = 200;

/** The error for a value that cannot be what was meant. Nothing was touched. */
export const badSetting = (name: string, value: string, why: string, hint = "See: recipe-ci run --help"): RunError =>
  new RunError("bad-setting", `${name}: ${redact(JSON.stringify(value.slice(0, shownMax)))} ${why}`, { hint });
