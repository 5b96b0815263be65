import { expect, test } from "vitest";
import { defaultBudgets } from "../../src/machines/budgets.js";
import { asFailure } from "../../src/machines/errors.js";
import { follow, watchFromNow } from "../../src/machines/convergence/stack-watch.js";
import type { StackSnapshot } from "../../src/machines/convergence/stack.types.js";
import { awaited } from "../../src/machines/settle/awaited.js";
import type { SettleContext } from "../../src/machines/settle/settle.types.js";
import { app, settings } from "../support/explore/samples.js";
import { dead, look, rules, service, task } from "../support/stacks/builders.js";

const waiting = (seen: StackSnapshot | null, given: Partial<SettleContext> = {}): string | null =>
  awaited({
    app,
    settings,
    budgets: defaultBudgets,
    during: "its deploy",
    asked: null,
    watch: seen === null ? watchFromNow : follow(watchFromNow, seen, rules),
    settled: null,
    unreadable: null,
    failure: null,
    url: null,
    tried: null,
    ...given,
  });

const starting = (name: string) => service({ name, tasks: [task({ state: "starting", since: 2_000 })] });

test("while the run waits for a stack, it says what the unsettled services do, and how many more there are", () => {
  expect(waiting(look(10_000, service(), starting("hello_db")))).toBe("hello_db.1 has started and is not healthy yet for 8 s");
  expect(waiting(look(10_000, service({ tasks: [dead("t0", 9_000)] })))).toBe("hello_app.1 died 1 s ago: exit code 1");
  expect(waiting(look(10_000, ...["a", "b", "c", "d", "e"].map(starting)))).toMatch(/^a\.1 .*; b\.1 .*; c\.1 .*; and 2 more$/);
});

test("while the run waits for a settled app to answer, it names the last answer", () => {
  const tried = { address: "https://hello.test/", why: "502, which is none of 100-499", hint: null };
  expect(waiting(look(10_000, service()), { settled: look(10_000, service()), tried })).toBe(`${tried.address}: ${tried.why}`);
});

test("when the engine does not answer, the wait says so; before the first look it says nothing", () => {
  const failure = asFailure({ code: "docker-unreachable", message: "docker does not answer", hint: "Is it running?" });
  expect(waiting(look(10_000, starting("hello_app")), { unreadable: failure })).toBe("docker does not answer");
  expect(waiting(null)).toBeNull();
});
