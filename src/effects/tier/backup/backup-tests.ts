import { markersAreThere } from "../markers/marker-tests.js";
import type { BuiltInTest, OperationWiring } from "../operation.js";
import { answersAtItsAddress, isConverged } from "../state-tests.js";

const hasSnapshot: BuiltInTest = {
  name: "a snapshot was made",
  holds: async ({ facts: { snapshot } }) => (snapshot === null ? "the backup service has told of none" : null),
};

/** Asserts that a backup leaves the app as it was. */
export const backupTests = (wiring: Pick<OperationWiring, "engine" | "trust">): readonly BuiltInTest[] => [
  hasSnapshot,
  isConverged(wiring),
  answersAtItsAddress(wiring),
  markersAreThere(wiring, "the backup left the data alone"),
];
