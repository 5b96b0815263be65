import type { BuiltInTest, OperationWiring } from "./operation.js";
import { answersAtItsAddress, isConverged, runsVersion } from "./state-tests.js";

/** What every recipe must hold after an install: still converged, answering, and made from the commit that was deployed. */
export const installTests = (wiring: Pick<OperationWiring, "engine" | "trust">): readonly BuiltInTest[] => [
  isConverged(wiring),
  answersAtItsAddress(wiring),
  runsVersion(wiring, "what runs is the version that was deployed"),
];
