import { describe, expect, test } from "vitest";
import { machines } from "../../src/cli/chart/machines.js";
import type { TraceLine } from "../../src/machines/trace-line.js";
import { verifyTrace } from "../../src/machines/trace.js";
import { gives, recordedTrace } from "../support/explore/recorded-trace.js";
import { passedTest } from "../support/explore/samples.js";

const renumbered = (lines: readonly TraceLine[]): readonly TraceLine[] => lines.map((line, index) => ({ ...line, seq: index + 1 }));

describe("the trace of a run with all its child charts", () => {
  test("is refused if any line is missing, even when the lines were renumbered", async () => {
    const lines = await recordedTrace(gives({ tests: [passedTest] }));
    const unnoticed = [...lines.keys()].filter((index) => verifyTrace(machines, renumbered(lines.toSpliced(index, 1))).ok);
    expect(unnoticed).toEqual([]);
  });

  test("is refused if any state was changed", async () => {
    const lines = await recordedTrace(gives({ tests: [passedTest] }));
    for (const [index, line] of lines.entries())
      expect(verifyTrace(machines, lines.with(index, { ...line, state: ["elsewhere"] })), `line ${index + 1}`).toMatchObject({
        ok: false,
        line: index + 1,
      });
  });
});
