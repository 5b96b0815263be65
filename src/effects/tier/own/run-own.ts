import type { OperationWiring } from "../operation.js";
import { programNamed } from "./programs.js";
import { runProgram, type OwnCode } from "./run-program.js";

/**
 * Runs one executable beside recipe.yml, such as the one that checks a backup, as a test by its exit code; null if there is none of that
 * name.
 */
export const runOwn =
  (code: OwnCode): OperationWiring["runOwn"] =>
  async (name, of, signal) => {
    const program = programNamed(code.foldersOf(of.app), name);
    if (program === null) return null;
    const { exitCode, how, durationMs, lastLines } = await runProgram(
      code,
      { program, occasion: { ...of, tier: "backup", when: "verify" }, limitMs: of.settings.timeouts.hookMs },
      signal,
    );
    return { name, outcome: exitCode === 0 ? "passed" : "failed", durationMs, message: exitCode === 0 ? null : `${how}\n${lastLines}` };
  };
