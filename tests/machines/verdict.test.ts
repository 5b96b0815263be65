import { describe, expect, test } from "vitest";
import { exitCodeFor, noVerdict, verdictOf } from "../../src/machines/run/verdict.js";
import { outcomeOf } from "../../src/machines/tier/tier-verdict.js";
import type { Cleanliness, Failure, StopCause, TestResult, Verdict } from "../../src/machines/vocabulary.js";

const clean: Cleanliness = { kind: "clean" };
const dirty: Cleanliness = { kind: "dirty", residue: [{ kind: "volume", name: "x" }] };
const unknown: Cleanliness = { kind: "unknown" };

const failed = (exitCode: Failure["exitCode"]): Verdict => ({
  kind: "failed",
  failure: { code: "tier-failed", message: "", hint: "", exitCode, details: [] },
});

describe("the exit code", () => {
  test("is 0 only for a run that passed and is clean", () => {
    expect(exitCodeFor({ kind: "passed" }, clean)).toBe(0);
    expect(exitCodeFor({ kind: "passed" }, dirty)).toBe(3);
  });

  test("of a failed run is its failure's, whether the run is clean or dirty", () => {
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
  ] as const)("of a run stopped by %s is %i, whether the run is clean or dirty", (cause: StopCause, code) => {
    for (const cleanliness of [clean, dirty, unknown]) expect(exitCodeFor({ kind: "stopped", cause }, cleanliness)).toBe(code);
  });

  test("is 70 for a run without a verdict, and not 0 or 78, which a Drone takes for success", () => {
    expect(exitCodeFor(noVerdict, clean)).toBe(70);
  });
});

const testOf = (outcome: TestResult["outcome"], message: string | null = null): TestResult => ({
  name: "writes",
  outcome,
  durationMs: 1,
  message,
});

const failureOf = (tests: readonly TestResult[]): Failure => {
  const outcome = outcomeOf("custom", tests);
  if (!("failure" in outcome)) throw new Error(`it is a ${outcome.kind}`);
  return outcome.failure;
};

describe("a tier", () => {
  test("fails with the names of its failed tests and their last words", () => {
    const failure = failureOf([testOf("failed", "exit code 1\nno space left")]);
    expect(failure).toMatchObject({ code: "tier-failed", exitCode: 1, message: "1 of 1 custom tests failed" });
    expect(failure.details.join("\n")).toContain("no space left");
  });

  test("fails if it has no test, and says so", () => {
    expect(failureOf([]).message).toContain("nothing to assert");
  });

  test("fails if all its tests were skipped, and quotes their reasons", () => {
    const failure = failureOf([testOf("skipped", "no browser here")]);
    expect(failure).toMatchObject({ code: "tier-unverified", exitCode: 1 });
    expect(failure.details.join("\n")).toContain("no browser here");
  });
});

describe("a tier passes only if", () => {
  const [passed, notPassed, skipped] = [testOf("passed"), testOf("failed"), testOf("skipped")] as const;

  test.each([
    ["a test passed", [passed], "pass"],
    ["one passed and the rest were skipped", [skipped, passed], "pass"],
    ["one failed", [passed, notPassed], "fail"],
    ["all were skipped", [skipped, skipped], "unverified"],
    ["there was none", [], "unverified"],
  ] as const)("a test passed and none failed: %s", (_, tests, kind) => {
    expect(outcomeOf("custom", tests).kind).toBe(kind);
  });
});

test("evidence that is read after a failure is added to its details, and a passed run gets none", () => {
  const failure = { code: "tier-failed", message: "m", hint: "h", exitCode: 1, details: ["first"] } as const;
  expect(verdictOf({ verdict: { kind: "failed", failure }, evidence: { lines: ["last words"] } })).toEqual({
    kind: "failed",
    failure: { ...failure, details: ["first", "last words"] },
  });
  expect(verdictOf({ verdict: { kind: "passed" }, evidence: { lines: ["last words"] } })).toEqual({ kind: "passed" });
  expect(verdictOf({ verdict: null, evidence: null })).toEqual(noVerdict);
});

test("when somebody changed a service, the run fails as app-disturbed; if one of its own programs ran then, the failure stays and names that", () => {
  const toldOf = (
    code: "tier-failed" | "image-refused" | "not-placed",
    given: { readonly program?: string; readonly isSpec?: boolean } = {},
  ) =>
    verdictOf({
      verdict: { kind: "failed", failure: { code, message: "m", hint: "h", exitCode: 1, details: [] } },
      evidence: { lines: ["it was changed"], changed: { what: "it was changed at noon", isSpec: false, program: null, ...given } },
    });
  expect(toldOf("tier-failed")).toMatchObject({
    failure: {
      code: "app-disturbed",
      exitCode: 69,
      message: "m; somebody outside this run interfered: it was changed at noon",
      details: ["it was changed"],
    },
  });
  expect(toldOf("tier-failed", { program: "10-scales" })).toMatchObject({
    failure: {
      code: "tier-failed",
      exitCode: 1,
      message: "m; while 10-scales ran, it was changed at noon",
      hint: expect.stringContaining("Did 10-scales do that?") as string,
    },
  });
  expect(toldOf("image-refused", { isSpec: true })).toMatchObject({ failure: { code: "app-disturbed" } });
  expect(toldOf("image-refused"), "more or fewer tasks take no other image").toMatchObject({
    failure: { code: "image-refused", message: "m" },
  });
  expect(toldOf("not-placed", { isSpec: true })).toMatchObject({ failure: { code: "not-placed" } });
});

test("when a stack did not settle because the Swarm has no addresses left, the run fails as engine-failed", () => {
  const toldOf = (code: "deploy-converging-overrun" | "crash-loop") =>
    verdictOf({
      verdict: { kind: "failed", failure: { code, message: "m", hint: "h", exitCode: 1, details: [] } },
      evidence: { lines: [], withoutAddresses: "net" },
    });
  expect(toldOf("deploy-converging-overrun")).toMatchObject({
    failure: { code: "engine-failed", exitCode: 69, message: "m; the Swarm has no addresses left for the network net" },
  });
  expect(toldOf("crash-loop")).toMatchObject({ failure: { code: "crash-loop", exitCode: 1 } });
});

test("when somebody disturbed the app, a dead task or failed tier becomes app-disturbed, and a crash loop keeps its code", () => {
  const evidence = { lines: ["last words"], disturbed: "somebody killed it" };
  const toldOf = (code: "task-died" | "tier-failed" | "crash-loop") =>
    verdictOf({ verdict: { kind: "failed", failure: { code, message: "m", hint: "h", exitCode: 1, details: ["first"] } }, evidence });
  expect(toldOf("task-died")).toMatchObject({
    failure: { code: "app-disturbed", exitCode: 69, message: "m; somebody killed it", details: ["first", "last words"] },
  });
  expect(toldOf("tier-failed")).toMatchObject({ failure: { code: "app-disturbed", exitCode: 69 } });
  expect(toldOf("crash-loop")).toMatchObject({
    failure: { code: "crash-loop", exitCode: 1, message: "m", details: ["first", "last words", "somebody killed it"] },
  });
});
