import { expect, test } from "vitest";
import { assertFits, leastTimeOf } from "../../src/machines/least-time.js";
import { base, dep, plan, settings, version } from "../support/explore/samples.js";

const { monitorMs } = settings.convergence;
const upgraded = {
  rounds: [
    { deploys: base, tiers: ["upgrade", "custom"] as const },
    { deploys: version, tiers: ["install"] as const },
  ],
  skips: [],
};

test("each deploy and each tier that changes the stack is watched for the monitor's time", () => {
  expect(leastTimeOf({ settings, deps: [], plan })).toBe(monitorMs);
  expect(leastTimeOf({ settings, deps: [], plan: upgraded })).toBe(3 * monitorMs);
});

test("a dep is watched for the time that its own recipe.yml names", () => {
  const slow = { ...dep(1), settings: { ...settings, convergence: { ...settings.convergence, monitorMs: 60_000 } } };
  expect(leastTimeOf({ settings, deps: [slow], plan })).toBe(monitorMs + 60_000);
});

test("a plan that the deadline would end whatever the app did is refused with exit code 2, and one that may fit is not", () => {
  expect(() => assertFits({ settings, deps: [], plan }, monitorMs)).not.toThrow();
  expect(() => assertFits({ settings, deps: [], plan }, monitorMs - 1)).toThrow(
    expect.objectContaining({ exitCode: 2, code: "plan-too-long" }),
  );
});
