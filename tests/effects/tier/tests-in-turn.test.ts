import { expect, test } from "vitest";
import { TestsInTurn, type TestDue } from "../../../src/effects/tier/tests-in-turn.js";

/** A test that ends when the case ends it. */
const due = (name: string): TestDue & { readonly end: () => void } => {
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  return { name, end, run: () => ended.then(() => [{ name, outcome: "passed", durationMs: 1, message: null }]) };
};

test("when tests run at once, each is reported in their order as soon as those before it have ended", async () => {
  const [first, second, third] = [due("first"), due("second"), due("third")];
  const told: string[] = [];
  const tests = new TestsInTurn([first, second, third], ({ name }) => void told.push(name));
  const running = [first, second, third].map((one) => tests.run(one));
  second.end();
  await running[1];
  expect(told).toEqual([]);
  first.end();
  await running[0];
  expect(told).toEqual(["first", "second"]);
  third.end();
  await running[2];
  expect(told).toEqual(["first", "second", "third"]);
  expect(tests.cut()).toEqual([]);
});

test("when tests are cut, those that ended behind a running one are reported, the others are returned, and later ends are ignored", async () => {
  const [hangs, ended, later] = [due("hangs"), due("ended"), due("later")];
  const told: string[] = [];
  const tests = new TestsInTurn([hangs, ended, later], ({ name }) => void told.push(name));
  const [hanging, ending] = [tests.run(hangs), tests.run(ended)];
  ended.end();
  await ending;
  expect(tests.cut().map(({ name, beganAt }) => [name, beganAt === null])).toEqual([
    ["hangs", false],
    ["later", true],
  ]);
  hangs.end();
  await hanging;
  expect(told).toEqual(["ended"]);
});
