import { expect, test } from "vitest";
import { asSignal, exitCodeOf } from "../../sandbox/engine/container/signals.js";

test("a stop signal is taken in each of docker's three forms, and is TERM where there is none", () => {
  expect(["INT", "SIGINT", "2", "", undefined].map(asSignal)).toEqual(["SIGINT", "SIGINT", "SIGINT", "SIGTERM", "SIGTERM"]);
});

test("a container that a signal ended has 128 and the signal's number for its exit code", () => {
  expect([exitCodeOf("SIGHUP"), exitCodeOf("SIGKILL"), exitCodeOf("SIGSEGV")]).toEqual([129, 137, 139]);
});
