import { describe, test } from "vitest";
import { expectNamed, expectToldByOurStop, kinds } from "./foreign-end-cases.js";

describe.each(kinds)("%s", (_, start) => {
  test.each(["SIGINT", "SIGHUP", "SIGKILL"] as const)("that somebody kills by %s is named with the signal, exit code 69", (signal) =>
    expectNamed(start, signal),
  );

  test.each(["SIGINT", "SIGHUP"] as const)("that %s reaches before us is told of only when our own stop is heard", (signal) =>
    expectToldByOurStop(start, signal),
  );
});
