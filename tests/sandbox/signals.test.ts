import { expect, test } from "vitest";
import { asSignal, exitCodeOf, unsupportedNumber } from "../../sandbox/engine/container/signals.js";

test("a stop signal is accepted in each of docker's three forms, and is TERM if none is given", () => {
  expect(["INT", "SIGINT", "2", "", undefined].map(asSignal)).toEqual(["SIGINT", "SIGINT", "SIGINT", "SIGTERM", "SIGTERM"]);
});

test("a number that is no signal of Linux is told as an engine shows it: with 64 bits, and none below 0", () => {
  expect(["999", "070", "65", "32", "-1"].map(unsupportedNumber)).toEqual(["999", "70", "65", "32", "18446744073709551615"]);
  expect(["1", "+9", "34", "64", "TERM"].map(unsupportedNumber)).toEqual([null, null, null, null, null]);
});

test("the exit code of a container that a signal ended is 128 plus the signal's number", () => {
  expect([exitCodeOf("SIGHUP"), exitCodeOf("SIGKILL"), exitCodeOf("SIGSEGV")]).toEqual([129, 137, 139]);
});
