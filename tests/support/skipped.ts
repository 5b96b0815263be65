import type { Reporter, TestCase, TestModule } from "vitest/node";
import { writeFileSync } from "node:fs";

const countBy = (words: readonly string[]): ReadonlyMap<string, number> =>
  words.reduce((counts, word) => counts.set(word, (counts.get(word) ?? 0) + 1), new Map<string, number>());

/** What a run prints may be long; the end of it tells why it ended. Characters. */
const failureMax = 4_000;

/** Why a test had to be run again: the errors of its first try, below its name. */
const firstFailure = (one: TestCase): string =>
  (one.result().errors ?? [])
    .map(({ message }) => `\n    ${(message.length > failureMax ? `… ${message.slice(-failureMax)}` : message).replaceAll("\n", "\n    ")}`)
    .join("");

/**
 * Says at the end which tests failed and passed when they were run again, by name and with why, and, in one line, what was skipped for
 * which reason: a test that says none is not counted here. With RECIPE_CI_SKIPPED=FILE the files of such tests are
 * written there, one a line.
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
