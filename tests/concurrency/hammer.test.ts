import { expect } from "vitest";
import { bundleFixture } from "../support/bundle.js";
import { start, temporaryFolder } from "../support/processes.js";
import { testWith } from "../support/programs.js";

/** By flock(1), which needs milliseconds, it would take minutes; what is hammered is the same. */
const test = testWith("fs-ext");

const processes = 8;
/** Each of them so often; HAMMER_CYCLES=10000 in the project `slow`. */
const cycles = Number(process.env["HAMMER_CYCLES"] ?? 1_000);

const hammer = async (how: "checked" | "unchecked", times: number): Promise<{ readonly had: number; readonly doubles: number }> => {
  const program = await bundleFixture("tests/support/fixtures/lock-hammer.ts");
  const dir = temporaryFolder();
  const all = Array.from({ length: processes }, () => start(process.execPath, [program, dir, "note-abc123.test.example", String(times), how]));
  const ends = await Promise.all(all.map(async ({ ended, stdout }) => ({ ...(await ended), said: stdout() })));
  expect(ends.map(({ code }) => code)).toEqual(all.map(() => 0));
  const counts = ends.map(({ said }) => JSON.parse(said) as { readonly had: number; readonly doubles: number });
  return { had: counts.reduce((sum, { had }) => sum + had, 0), doubles: counts.reduce((sum, { doubles }) => sum + doubles, 0) };
};

test(`${processes} processes that take a lock ${cycles} times each, and unlink it under the lock, never have it twice at once`, { timeout: 600_000 }, async () => {
  expect(await hammer("checked", cycles)).toEqual({ had: processes * cycles, doubles: 0 });
});

test("without the look whether the path still names the locked file, they have: the hammer would notice", { timeout: 120_000 }, async () => {
  expect((await hammer("unchecked", 2_000)).doubles).toBeGreaterThan(0);
});
