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

test("a plan takes at least the monitor's time for each deploy and each tier that changes the stack", () => {
  expect(leastTimeOf({ settings, deps: [], plan })).toBe(monitorMs);
  expect(leastTimeOf({ settings, deps: [], plan: upgraded })).toBe(3 * monitorMs);
});

test("a dep adds the monitor's time of its own recipe.yml", () => {
  const slow = { ...dep(1), settings: { ...settings, convergence: { ...settings.convergence, monitorMs: 60_000 } } };
  expect(leastTimeOf({ settings, deps: [slow], plan })).toBe(monitorMs + 60_000);
});

test("when the deadline is shorter than a plan takes at least, the plan is refused with exit code 2", () => {
  expect(() => assertFits({ settings, deps: [], plan }, monitorMs)).not.toThrow();
  expect(() => assertFits({ settings, deps: [], plan }, monitorMs - 1)).toThrow(
    expect.objectContaining({ exitCode: 2, code: "plan-too-long" }),
  );
});
