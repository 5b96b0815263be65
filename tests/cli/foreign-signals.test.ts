import { test } from "vitest";
import { stopsAll } from "./foreign-signal-cases.js";

// Each signal in each phase, and what kills a child alone: foreign-signals.slow.test.ts.
test(
  "a signal of somebody else that reaches the children 15 ms before the run is a stop, and no failure of the recipe or the host",
  { timeout: 60_000 },
  () => stopsAll("deploy: submitting", "SIGTERM"),
);
