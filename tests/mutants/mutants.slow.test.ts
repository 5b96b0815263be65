import { expect, test } from "vitest";
import { reapMachine } from "../../src/machines/reap/reap.machine.js";
import { tierMachine } from "../../src/machines/tier/tier.machine.js";
import { fatesOf } from "./run-mutants.js";

/** The small charts here; `npm run mutants` does all of them. */
test("every fault seeded into the tier and reap charts is noticed by a rule, a course or an invariant", () => {
  const fates = [...fatesOf({ tier: tierMachine as never, reap: reapMachine as never })];
  expect(fates.length).toBeGreaterThan(100);
  expect(fates.filter(({ killedBy }) => killedBy === null)).toEqual([]);
});
