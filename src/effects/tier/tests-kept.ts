import type { TestResult } from "../../machines/vocabulary.js";
import { testsMax } from "./own/reported.js";

/** Of a tier's tests together. Each is written several times: into the record, the reports and the comment. */
const wordsMax = 512 * 1024;

const leftOut = "its words are left out: those of the tests before it are as many as a report takes. See the run's log.";

/**
 * The tests of one tier, as many as anybody reads: a recipe brings as many programs as it likes, and each tells of as many
 * tests as it likes. A failure that is beyond is counted, in one test of its own.
 */
export class TestsKept {
  readonly tests: TestResult[] = [];
  #words = 0;
  #beyond = 0;

  /** The test as it is kept; null: it is beyond. */
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

  /** What is beyond, if any of it failed. */
  beyond(): TestResult | null {
    const message = `there are more than ${testsMax} tests, and ${this.#beyond} of those beyond have failed`;
    return this.#beyond === 0 ? null : { name: `more than ${testsMax} tests`, outcome: "failed", durationMs: 0, message };
  }
}
