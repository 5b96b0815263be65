import { describe, expect, test } from "vitest";
import { exitCodeFor, noVerdict, tierFailure } from "../../src/machines/run/verdict.js";
import type { Cleanliness, Failure, StopCause, Verdict } from "../../src/machines/vocabulary.js";

const clean: Cleanliness = { kind: "clean" };
const dirty: Cleanliness = { kind: "dirty", residue: [{ kind: "volume", name: "x" }] };
const unknown: Cleanliness = { kind: "unknown" };

const failed = (exitCode: Failure["exitCode"]): Verdict => ({ kind: "failed", failure: { code: "x", message: "", hint: "", exitCode, details: [] } });

describe("the exit code", () => {
  test("is 0 only for a run that passed and is clean", () => {
    expect(exitCodeFor({ kind: "passed" }, clean)).toBe(0);
    expect(exitCodeFor({ kind: "passed" }, dirty)).toBe(3);
  });

  test("of a failed run is its failure's, clean or dirty", () => {
    for (const cleanliness of [clean, dirty, unknown]) {
      for (const code of [1, 2, 69, 70, 75] as const) expect(exitCodeFor(failed(code), cleanliness)).toBe(code);
    }
  });

  test.each([
    ["HUP", 129],
    ["INT", 130],
    ["deadline", 142],
    ["TERM", 143],
    ["parent", 143],
    ["epipe", 143],
    ["lost-lock", 75],
  ] as const)("of a run stopped by %s is %i, clean or dirty", (cause: StopCause, code) => {
    for (const cleanliness of [clean, dirty, unknown]) expect(exitCodeFor({ kind: "stopped", cause }, cleanliness)).toBe(code);
  });

  test("is never 78, which a Drone takes for success, and never 0 without a verdict", () => {
    expect(exitCodeFor(noVerdict, clean)).toBe(70);
  });
});

describe("a failed tier", () => {
  const test1 = { name: "writes", outcome: "failed", durationMs: 1, message: "exit code 1\nno space left" } as const;

  test("names its failed tests and their last words", () => {
    const failure = tierFailure({ tier: "custom", tests: [test1], failure: null });
    expect(failure).toMatchObject({ code: "tier-failed", exitCode: 1, message: "1 of 1 custom tests failed" });
    expect(failure.details.join("\n")).toContain("no space left");
  });

  test("without any test is red, and says so", () => {
    expect(tierFailure({ tier: "custom", tests: [], failure: null }).message).toContain("nothing to assert");
  });
});
