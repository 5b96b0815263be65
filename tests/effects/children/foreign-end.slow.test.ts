import { describe, test } from "vitest";
import { expectNamed, expectToldByOurStop, kinds } from "./foreign-end-cases.js";

describe.each(kinds)("when the child is %s, the run", (_, start) => {
  test.each(["SIGINT", "SIGHUP", "SIGKILL"] as const)("fails as child-killed and names the signal if somebody kills it by %s", (signal) =>
    expectNamed(start, signal),
  );

  test.each(["SIGINT", "SIGHUP"] as const)("waits a moment for its own stop before it reports that %s ended it", (signal) =>
    expectToldByOurStop(start, signal),
  );
});
