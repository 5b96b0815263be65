import type { TestResult } from "../../machines/vocabulary.js";
import { testsMax } from "./own/reported.js";

/** For a tier's tests together. Each message is written several times: into the record, the reports and the comment. */
const wordsMax = 512 * 1024;

const leftOut = "its words are left out: those of the tests before it are as many as a report takes. See the run's log.";

/**
 * Keeps as many tests of a tier as anybody reads: a recipe may bring any number of programs, and each may report any
 * number of tests. Failures beyond that are counted, in one test of their own.
 */
export class TestsKept {
  readonly tests: TestResult[] = [];
  #words = 0;
  #beyond = 0;

  /** The test as it is kept; null if there are too many already. */
  keep(result: TestResult): TestResult | null {
    if (this.tests.length >= testsMax) {
      if (result.outcome === "failed") this.#beyond += 1;
      return null;
    }
    const kept = result.message !== null && this.#words + result.message.length > wordsMax ? { ...result, message: leftOut } : result;
    this.#words += kept.message?.length ?? 0;
    this.tests.push(kept);
    return kept;
  }

  /** One test for those beyond the limit, if any of them failed. */
  beyond(): TestResult | null {
    const message = `there are more than ${testsMax} tests, and ${this.#beyond} of those beyond have failed`;
    return this.#beyond === 0 ? null : { name: `more than ${testsMax} tests`, outcome: "failed", durationMs: 0, message };
  }
}
