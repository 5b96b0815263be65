import { markersSurvived } from "../markers/marker-tests.js";
import type { BuiltInTest, OperationWiring } from "../operation.js";
import { abraLabels, answersAtItsAddress, isConverged, runsVersion } from "../state-tests.js";

/** Asserts that the label from which people and abra read the version is the new version's. Holds for a recipe without one. */
const hasItsLabel = ({ engine }: Pick<OperationWiring, "engine">): BuiltInTest => ({
  name: "the version label is the new version's",
  holds: async ({ app, facts: { labels } }, signal) => {
    const meant = labels?.meant ?? null;
    if (meant === null) return null;
    const { version = "nothing" } = await abraLabels(engine, app, signal);
    return version === meant ? null : `the label says ${version}, the new version's files say ${meant}`;
  },
});

/** What must be true of every recipe after an upgrade: the new version runs and answers, and nothing was lost. */
export const upgradeTests = (wiring: Pick<OperationWiring, "engine" | "trust">): readonly BuiltInTest[] => [
  isConverged(wiring),
  answersAtItsAddress(wiring),
  runsVersion(wiring, "what runs is the version that was upgraded to"),
  hasItsLabel(wiring),
  markersSurvived(wiring),
];
