import { describe, expect } from "vitest";
import { asLast, byExec, expectGreen, expectRed, inStep, shells } from "./code-cases.js";

// Whole runs in the other shells are in codes.slow.test.ts; that the launcher passes every code on in each of them is in tests/launcher.
const [[inSh, sh, test]] = shells;

describe.concurrent(`in ${inSh}`, () => {
  test("green stays green", () => expectGreen(sh));
  test("red stays red", () => expectRed(sh));
});

describe.concurrent.each(shells)("in %s", (_, shell, test) => {
  test.each([
    ["exec", byExec],
    ["its last command", asLast],
  ] as const)("a refusal stays one, as %s of a shell with a trap", async (__, call) => {
    await inStep({ shell, more: ["--stages", "nonsense"], call }, [], async ({ step }) => {
      expect(await step.ended).toMatchObject({ status: "failure", exitCode: 2 });
    });
  });
});
