import { describe, expect, test } from "vitest";
import { createAbra } from "../../../src/effects/abra/abra.js";
import { assertAbra } from "../../../src/effects/abra/assert-abra.js";
import { failureOf } from "../../support/failure-of.js";
import { temporaryFolder } from "../../support/processes.js";
import { host, program } from "../children/foreign-end-cases.js";

const asked = (script: string, limitMs: number): Promise<void> => {
  const cwd = temporaryFolder();
  const { scope, env } = host();
  const abra = createAbra({ abra: program(cwd, "abra", script), scope, env: () => env, cwd, onOutput: () => undefined });
  return assertAbra(abra, new AbortController().signal, limitMs);
};

describe("before a run, abra is asked for its version; it", () => {
  test("may answer slowly", async () => {
    await expect(asked("sleep 0.1; echo abra version 0.13", 60_000)).resolves.toBeUndefined();
  });

  test.each([
    ["refuses", "echo FATA no home; exit 1", 60_000, "no home"],
    ["hangs", "exec sleep 600", 100, "it did not end within 100 ms"],
  ])("fails the run as abra-unusable, exit code 69, if it %s", async (_, script, limitMs, why) => {
    expect(await failureOf(asked(script, limitMs))).toMatchObject({
      code: "abra-unusable",
      exitCode: 69,
      message: `abra cannot print its version: ${why}`,
    });
  });
});
