import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * The order in which test files start; all others come last. First the project that has a worker per file: in the middle, vitest would
 * end the other project's workers for it and start new ones afterwards. Then the files that take longest, with those that mostly wait
 * next to those that mostly compute; then the folders of whole runs and whole life cycles.
 */
const long = [
  "tests/concurrency/",
  "tests/contract/",
  ...["cli/deps", "cli/tiers", "fuzz/readers", "fuzz/command"].map((name) => `tests/${name}.slow.test.ts`),
  ...["tiers", "daemon-restart", "nodes", "contract", "run"].map((name) => `tests/swarm/${name}.test.ts`),
  ...[
    "cli/stops",
    "cli/run",
    "cli/two-runs",
    "effects/recipe/fetch-recipe",
    "effects/stops/exit",
    "cli/recipe",
    "cli/lost-lock",
    "charts/replay",
    "effects/stops/stops",
    "charts/walk",
    "charts/export",
    "inspect/inspector",
    "effects/children/survivors",
    "effects/lock/hold-lock",
  ].map((name) => `tests/${name}.test.ts`),
  "tests/cli/",
  "tests/drone/",
  "tests/effects/tier/upgrade/",
  "tests/launcher/",
  "tests/sandbox/",
  "tests/inspect/",
  ...[
    "effects/policy/check-app",
    "effects/redact",
    "effects/recipe/slips/find-slips",
    "effects/compose/assert-known",
    "effects/tier/markers/markers",
    "effects/record/full-disk",
    "effects/children/run-child",
    "machines/trace",
    "patterns",
    "architecture",
  ].map((name) => `tests/${name}.test.ts`),
];

const rank = ({ moduleId }: TestSpecification): number => {
  const found = long.findIndex((part) => moduleId.includes(part));
  return found < 0 ? long.length : found;
};

/**
 * Starts the longest files first. At the end, idle workers wait for the last file, so that should be a short one. vitest knows a file's
 * duration only if it has run before; else it starts with the largest files, which are tables that take no time.
 */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).sort((one, other) => rank(one) - rank(other));
  }
}
