import { expect, test } from "vitest";
import { afterLostFolder } from "../../src/cli/run/lost-folder.js";
import { asFailure } from "../../src/machines/errors.js";
import type { RunOutput } from "../../src/machines/run/run.types.js";

const cleanly = { cleanliness: { kind: "clean" } } as const;

const failed: RunOutput = {
  ...cleanly,
  verdict: { kind: "failed", failure: asFailure({ code: "broken-repository", message: "not a tree", hint: "" }) },
  exitCode: 2,
};

test("when the run's folder is gone, a passed or failed run ends as run-folder-lost, and the details have the first failure", () => {
  const [passing, failing] = [
    afterLostFolder({ ...cleanly, verdict: { kind: "passed" }, exitCode: 0 }, "/runs/1"),
    afterLostFolder(failed, "/runs/1"),
  ];
  for (const { exitCode, verdict, cleanliness } of [passing, failing]) {
    expect({ exitCode, verdict, cleanliness }).toMatchObject({
      exitCode: 69,
      verdict: { kind: "failed", failure: { code: "run-folder-lost" } },
      ...cleanly,
    });
  }
  expect(failing.verdict).toMatchObject({ failure: { details: ["broken-repository: not a tree"] } });
});

test("when the run's folder is gone, a stopped run stays stopped", () => {
  const stopped: RunOutput = { ...cleanly, verdict: { kind: "stopped", cause: "TERM" }, exitCode: 143 };
  expect(afterLostFolder(stopped, "/runs/1")).toBe(stopped);
});
