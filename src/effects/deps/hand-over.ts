import { fromPromise } from "xstate";
import type { DepsPorts } from "../../machines/deps/deps.ports.js";
import type { DepsFile } from "./deps-file.js";

/** Writes the deps' addresses, settings and secrets into the file that CCCI_DEPS_FILE names. Running it twice gives the same result. */
export const handOver = (file: DepsFile): DepsPorts["handOver"] => fromPromise(async ({ input: { ups } }) => file.write(ups));
