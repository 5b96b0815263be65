import { expect } from "vitest";
import { testWith } from "../support/programs.js";
import { hammer, processes } from "./hammering.js";

/** By flock(1), which needs milliseconds, it would take minutes; what is hammered is the same. */
const test = testWith("fs-ext");

/** Each of them so often; HAMMER_CYCLES=10000 in the project `slow`. */
const cycles = Number(process.env["HAMMER_CYCLES"] ?? 100);

test(
  `${processes} processes that take a lock ${cycles} times each, and unlink it under the lock, never have it twice at once`,
  { timeout: 600_000 },
  async () => {
    expect(await hammer("checked", cycles)).toEqual({ had: processes * cycles, doubles: 0 });
  },
);
