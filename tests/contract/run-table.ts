import { rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { NotExamined, rowLimitMs, type Expectation } from "./expectation.js";
import { table } from "./table.js";
import { describeTools } from "./tools.js";
import { createWorld, type ContractWorld, type Tools } from "./world.js";

/** Skips a row that cannot be examined, with its reason. With the stand-ins every row can be, so there it fails. */
const examine = async (check: Expectation["check"], world: ContractWorld, skip: (note: string) => void): Promise<void> => {
  try {
    await check(world);
  } catch (error) {
    if (world.tools.sandbox !== null || !(error instanceof NotExamined)) throw error;
    skip(error.message);
  }
};

/** Declares every row of the table as a test about these tools: one app for each chapter, its rows in order. */
export const runTable = (tools: Tools): void => {
  describe(describeTools(tools), () => {
    afterAll(() => {
      if (tools.sandbox !== null) rmSync(tools.sandbox, { recursive: true, force: true });
    });
    for (const { title, rows } of table) {
      describe(title, () => {
        let world: ContractWorld;
        beforeAll(() => {
          world = createWorld(tools);
        });
        afterAll(() => world.close(), rowLimitMs);
        for (const { title: row, mark, question, check } of rows) {
          test(
            `[${mark}${question === undefined ? "" : `, question ${question}`}] ${row}`,
            ({ skip }) => examine(check, world, skip),
            rowLimitMs,
          );
        }
      });
    }
  });
};

/** Every open question must have a row that states what we assume. */
export const expectAllQuestions = (): void => {
  const asked = new Set(table.flatMap(({ rows }) => rows.flatMap(({ question }) => question ?? [])));
  expect([...asked].toSorted((one, other) => one - other)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
};
