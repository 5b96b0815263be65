import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Folders and files of whole runs and whole life cycles, those that take longest first. */
const long = ["tests/contract/", "tests/cli/", "tests/drone/", "tests/effects/tier/upgrade/", "tests/concurrency/", "tests/launcher/", "tests/sandbox/", "tests/inspect/"];

const rank = ({ moduleId }: TestSpecification): number => {
  const found = long.findIndex((part) => moduleId.includes(part));
  return found < 0 ? long.length : found;
};

/**
 * A worker that has nothing left waits for the last file: that should be a short one. vitest knows how long a file took only where
 * it has run before, and else takes the largest first, which are tables that take no time.
 */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).sort((one, other) => rank(one) - rank(other));
  }
}
