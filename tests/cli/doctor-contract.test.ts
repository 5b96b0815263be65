import { expect, test } from "vitest";
import { describeEnd, describeRow } from "../../src/cli/contract/words.js";

// A whole examination, and one that is stopped: doctor-contract.slow.test.ts.
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

test("when an assumption does not hold, its row has the mark, the question and the difference, and the end counts it", () => {
  const differs = { ...row, holds: false, difference: "expected 1 to be 0\nFATA" };
  expect(describeRow(differs)).toBe(
    "  DIFFERS  [assumed, question 1] app ls needs no terminal\n             expected 1 to be 0\n             FATA",
  );
  expect(describeEnd([differs, row], true)).toContain("2 assumptions, 1 of them do not hold here");
});

test("when the host lacks what an assumption needs, its row says why it was not examined, and the end does not count it", () => {
  const unknown = { ...row, holds: null, notExamined: "this Swarm has no backup service" };
  expect(describeRow(unknown)).toBe(
    "  not examined [assumed, question 1] app ls needs no terminal\n             this Swarm has no backup service",
  );
  expect(describeEnd([unknown, row, row], true)).toBe(
    "2 assumptions, all of them hold here. Please send us this, it raises their marks. 1 more could not be examined here; above stands why.",
  );
});
