import { expect, test } from "vitest";
import { asSignal, exitCodeOf, unsupportedNumber } from "../../sandbox/engine/container/signals.js";

test("a stop signal is taken in each of docker's three forms, and is TERM where there is none", () => {
  expect(["INT", "SIGINT", "2", "", undefined].map(asSignal)).toEqual(["SIGINT", "SIGINT", "SIGINT", "SIGTERM", "SIGTERM"]);
});

test("a number that is no signal of Linux is told as an engine shows it: with 64 bits, and none below 0", () => {
  expect(["999", "070", "65", "32", "-1"].map(unsupportedNumber)).toEqual(["999", "70", "65", "32", "18446744073709551615"]);
  expect(["1", "+9", "34", "64", "TERM"].map(unsupportedNumber)).toEqual([null, null, null, null, null]);
});

test("a container that a signal ended has 128 and the signal's number for its exit code", () => {
  expect([exitCodeOf("SIGHUP"), exitCodeOf("SIGKILL"), exitCodeOf("SIGSEGV")]).toEqual([129, 137, 139]);
});
