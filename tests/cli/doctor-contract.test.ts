import { expect, test } from "vitest";
import { describeEnd, describeRow } from "../../src/cli/contract/words.js";

// An examination that is made and stopped: doctor-contract.slow.test.ts.
const row = {
  chapter: "abra's manners",
  title: "app ls needs no terminal",
  mark: "assumed",
  question: 1,
  holds: true,
  difference: null,
  notExamined: null,
  ms: 3,
};

test("a difference is told with its mark, its question and what was seen, and asks to be sent", () => {
  const differs = { ...row, holds: false, difference: "expected 1 to be 0\nFATA" };
  expect(describeRow(differs)).toBe(
    "  DIFFERS  [assumed, question 1] app ls needs no terminal\n             expected 1 to be 0\n             FATA",
  );
  expect(describeEnd([differs, row], true)).toContain("2 assumptions, 1 of them do not hold here");
});

test("what this host lacks the means for is told as not examined, with the reason, and holds nowhere", () => {
  const unknown = { ...row, holds: null, notExamined: "this Swarm has no backup service" };
  expect(describeRow(unknown)).toBe(
    "  not examined [assumed, question 1] app ls needs no terminal\n             this Swarm has no backup service",
  );
  expect(describeEnd([unknown, row, row], true)).toBe(
    "2 assumptions, all of them hold here. Please send us this, it raises their marks. 1 more could not be examined here; above stands why.",
  );
});
