import { expect, test } from "vitest";
import { createTeller } from "../../../src/effects/docker/observe-stack.js";
import { failure } from "../../support/explore/samples.js";
import { look, service, task } from "../../support/stacks/builders.js";

test("while a stack does not change, the observer reports so without its services, and ever more rarely", () => {
  const tell = createTeller();
  const at = (ms: number) => tell(look(ms, service()));
  expect(at(1_000)).toMatchObject({ type: "stack.seen", services: [{ name: "hello_app" }] });
  expect(at(1_500)).toEqual({ type: "stack.seen", at: 1_500, services: null });
  const told = Array.from({ length: 600 }, (_, n) => at(2_000 + n * 500)).filter((event) => event !== null);
  expect(told.length).toBeLessThan(170);
  expect(tell(look(400_000, service({ tasks: [task({ state: "failed" })] })))).toMatchObject({
    services: [{ tasks: [{ state: "failed" }] }],
  });
});

test("while the daemon does not answer, the observer reports it once, and then the next look in full", () => {
  const tell = createTeller();
  expect(tell(look(1_000, service()))).not.toBeNull();
  expect([2_000, 2_200, 2_400].map((at) => tell({ at, failure })?.type ?? null)).toEqual(["stack.unreadable", null, null]);
  expect(tell(look(3_000, service()))).toMatchObject({ services: [{ name: "hello_app" }] });
});
