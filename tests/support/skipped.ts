import type { Reporter, TestCase, TestModule } from "vitest/node";
import { writeFileSync } from "node:fs";

const countBy = (words: readonly string[]): ReadonlyMap<string, number> =>
  words.reduce((counts, word) => counts.set(word, (counts.get(word) ?? 0) + 1), new Map<string, number>());

/** How much of an error is shown. It may contain all that a run printed; the end says why the run ended. Characters. */
const failureMax = 4_000;

/** The errors of a test's first try, which are why it was run again, indented below its name. */
const firstFailure = (one: TestCase): string =>
  (one.result().errors ?? [])
    .map(({ message }) => `\n    ${(message.length > failureMax ? `… ${message.slice(-failureMax)}` : message).replaceAll("\n", "\n    ")}`)
    .join("");

/**
 * Reports at the end which tests failed at first and passed when they were run again, with the first errors, and in one line how many
 * tests were skipped for which reason. A test skipped without a reason is not counted. With RECIPE_CI_SKIPPED=FILE it writes the
 * files of the skipped tests to FILE, one per line.
 */
export default class Skipped implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const skipped = modules.flatMap((module) =>
      [...module.children.allTests("skipped")].flatMap((one) => {
        const result = one.result();
        return result.state === "skipped" && result.note !== undefined ? [{ file: module.relativeModuleId, note: result.note }] : [];
      }),
    );
    const again = modules.flatMap((module) =>
      [...module.children.allTests("passed")]
        .filter((one) => one.diagnostic()?.flaky === true)
        .map((one) => `${module.relativeModuleId}: ${one.fullName}${firstFailure(one)}`),
    );
    if (again.length > 0) console.log(`${again.length} tests passed only when they were run again:\n  ${again.join("\n  ")}`);
    const files = process.env["RECIPE_CI_SKIPPED"];
    if (files !== undefined) writeFileSync(files, [...new Set(skipped.map(({ file }) => `${file}\n`))].join(""));
    if (skipped.length === 0) return;
    const reasons = [...countBy(skipped.map(({ note }) => note))].map(([note, count]) => `${count} because ${note}`);
    console.log(`${skipped.length} tests were skipped: ${reasons.join("; ")}`);
  }
}
