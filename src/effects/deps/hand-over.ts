import { fromPromise } from "xstate";
import type { DepsPorts } from "../../machines/deps/deps.ports.js";
import type { DepsFile } from "./deps-file.js";

/** The deps' addresses, settings and secrets, in the file that CCCI_DEPS_FILE names. Run twice it ends the same way. */
export const handOver = (file: DepsFile): DepsPorts["handOver"] => fromPromise(async ({ input: { ups } }) => file.write(ups));
