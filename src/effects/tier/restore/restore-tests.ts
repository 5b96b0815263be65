import { markersAreThere } from "../markers/marker-tests.js";
import type { BuiltInTest, OperationWiring } from "../operation.js";
import { answersAtItsAddress, isConverged } from "../state-tests.js";

/** Asserts that what was removed and overwritten after the backup is again as in the backup. */
export const restoreTests = (wiring: Pick<OperationWiring, "engine" | "trust">): readonly BuiltInTest[] => [
  isConverged(wiring),
  answersAtItsAddress(wiring),
  markersAreThere(wiring, "data in the volumes are as they were in the backup"),
];
