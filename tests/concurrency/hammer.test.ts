import { expect } from "vitest";
import { testWith } from "../support/programs.js";
import { hammer, processes } from "./hammering.js";

/** Only with fs-ext: flock(1) needs milliseconds per lock, so this would take minutes, and would exercise the same protocol. */
const test = testWith("fs-ext");

/** How often each process takes the lock. The project `slow` sets HAMMER_CYCLES=10000. */
const cycles = Number(process.env["HAMMER_CYCLES"] ?? 100);

test(
  `${processes} processes that take a lock ${cycles} times each, and unlink it under the lock, never have it twice at once`,
  { timeout: 600_000 },
  async () => {
    expect(await hammer("checked", cycles)).toEqual({ had: processes * cycles, doubles: 0 });
  },
);
