import { describe, expect, test } from "vitest";
import { ownCode, runOne } from "../../support/own-code.js";
import { expectNamed, expectToldByOurStop, host, kinds, program } from "./foreign-end-cases.js";

// The other signals: foreign-end.slow.test.ts.
describe.each(kinds)("when the child is %s, the run", (_, start) => {
  test("fails as child-killed and names the signal if somebody kills it by SIGTERM", () => expectNamed(start, "SIGTERM"));

  test("waits a moment for its own stop before it reports that SIGTERM ended it", () => expectToldByOurStop(start, "SIGTERM"));

  test("waits a moment for its own stop before it reports the exit code with which it handled SIGTERM", () =>
    expectToldByOurStop(start, "SIGTERM", `trap 'exit 1' TERM; : >"$begun"; while :; do sleep 0.01; done`));

  test("does not fail as child-killed if it fails by itself", async () => {
    const at = host();
    const end = await start(at, "echo FATA broken; exit 1").then(
      (value) => JSON.stringify(value),
      (error: unknown) => JSON.stringify(error),
    );
    expect(end).not.toContain("child-killed");
    expect(end).toMatch(/git-failed|"fatal":"broken"|"outcome":"failed"/);
  });
});

test("when a test crashes by SIGSEGV, it has failed and nobody is said to have killed it", async () => {
  const { scope, env, cwd, abort } = host();
  const file = program(cwd, "10-test", "kill -SEGV $$");
  const [result] = await runOne(ownCode({ scope, runDir: cwd, env }), file, 20_000, abort.signal);
  expect(result).toMatchObject({ outcome: "failed", message: expect.stringContaining("SIGSEGV") as unknown });
});

test("when a test skips, the run reports it at once", async () => {
  const { scope, env, cwd, abort } = host();
  const file = program(cwd, "10-test", "exit 77");
  const before = performance.now();
  const [result] = await runOne(ownCode({ scope, runDir: cwd, env }), file, 20_000, abort.signal);
  expect(result?.outcome).toBe("skipped");
  expect(performance.now() - before - (result?.durationMs ?? 0)).toBeLessThan(150);
});
