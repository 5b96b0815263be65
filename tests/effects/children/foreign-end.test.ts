import { describe, expect, test } from "vitest";
import { ownCode, runOne } from "../../support/own-code.js";
import { expectNamed, expectToldByOurStop, host, kinds, program } from "./foreign-end-cases.js";

// Each other signal: foreign-end.slow.test.ts.
describe.each(kinds)("%s", (kind, start) => {
  test("that somebody kills by SIGTERM is named with the signal, exit code 69", () => expectNamed(start, "SIGTERM"));

  test("that SIGTERM reaches before us is told of only when our own stop is heard", () => expectToldByOurStop(start, "SIGTERM"));

  test("that handles TERM and ends with a code of its own is told of only when our own stop is heard", () =>
    expectToldByOurStop(start, "SIGTERM", `trap 'exit 1' TERM; : >"$begun"; while :; do sleep 0.01; done`));

  test(`that fails by itself fails as ${kind} does`, async () => {
    const at = host();
    const end = await start(at, "echo FATA broken; exit 1").then(
      (value) => JSON.stringify(value),
      (error: unknown) => JSON.stringify(error),
    );
    expect(end).not.toContain("child-killed");
    expect(end).toMatch(/git-failed|"fatal":"broken"|"outcome":"failed"/);
  });
});

test("a test that crashes by a fault of its own has failed, and nobody killed it", async () => {
  const { scope, env, cwd, abort } = host();
  const file = program(cwd, "10-test", "kill -SEGV $$");
  const [result] = await runOne(ownCode({ scope, runDir: cwd, env }), file, 20_000, abort.signal);
  expect(result).toMatchObject({ outcome: "failed", message: expect.stringContaining("SIGSEGV") as unknown });
});

test("a test that skips is told at once", async () => {
  const { scope, env, cwd, abort } = host();
  const file = program(cwd, "10-test", "exit 77");
  const before = performance.now();
  const [result] = await runOne(ownCode({ scope, runDir: cwd, env }), file, 20_000, abort.signal);
  expect(result?.outcome).toBe("skipped");
  expect(performance.now() - before - (result?.durationMs ?? 0)).toBeLessThan(150);
});
