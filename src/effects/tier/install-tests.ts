import type { BuiltInTest, OperationWiring } from "./operation.js";
import { answersAtItsAddress, isConverged, runsVersion } from "./state-tests.js";

/** What must be true of every recipe after an install: still converged, answering, and made from the deployed commit. */
export const installTests = (wiring: Pick<OperationWiring, "engine" | "trust">): readonly BuiltInTest[] => [
  isConverged(wiring),
  answersAtItsAddress(wiring),
  runsVersion(wiring, "what runs is the version that was deployed"),
];
