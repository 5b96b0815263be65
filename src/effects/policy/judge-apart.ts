import { readFileSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { RunError } from "../../machines/errors.js";
import type { AskSwarm, CheckedApp } from "./judge-app.js";
import type { AppToCheck } from "./read-app.js";
import type { ThreadSays } from "./judge-thread.js";

const memoryMbMax = 512;

export interface JudgeLimits {
  /** The source of the thread's program. */
  readonly program: string;
  readonly limitMs: number;
}

let limits: JudgeLimits | null = null;

/**
 * A run's limits: fifty files of the largest size take 10 s of an idle processor. Works only in the bundle.
 *
 * Reads the thread's program once. A run calls this at its start, because while it clones the checkout may be deleted, or
 * have another version's program by now.
 */
export const judgeLimits = (): JudgeLimits =>
  (limits ??= { program: readFileSync(new URL("judge.cjs", import.meta.url), "utf8"), limitMs: 60_000 });

const tooMuch = (what: string): RunError =>
  new RunError("compose-refused", `the compose files take ${what} to read`, {
    hint: "No recipe needs as much: are there anchors, variables or lists that multiply?",
  });

/**
 * `judgeApp` on a thread of its own, within a limit of time and of memory.
 *
 * Rejects as `judgeApp` does. If the signal aborts, ends the thread and rejects with the signal's reason.
 */
export const judgeApart = (input: AppToCheck, ask: AskSwarm, signal: AbortSignal, { program, limitMs }: JudgeLimits): Promise<CheckedApp> =>
  new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const thread = new Worker(program, { eval: true, workerData: input, env: {}, resourceLimits: { maxOldGenerationSizeMb: memoryMbMax } });
    const limit = setTimeout(() => end(() => reject(tooMuch(`more than ${limitMs / 1_000} s`))), limitMs);
    const onAbort = (): void => end(() => reject(signal.reason));
    const end = (settle: () => void): void => {
      clearTimeout(limit);
      signal.removeEventListener("abort", onAbort);
      // Whatever the thread still says is ignored.
      for (const name of ["message", "exit"]) thread.removeAllListeners(name);
      void thread.terminate().then(settle, settle);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    thread.on("message", (says: ThreadSays) => {
      switch (says.kind) {
        case "asks":
          return void ask(says.question).then(
            // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has none: that is for windows.
            (answer) => thread.postMessage(answer),
            (error: unknown) => end(() => reject(error)),
          );
        case "checked":
          return end(() => resolve(says.app));
        case "failed":
          return end(() => reject(new RunError(says.failure, says.failure.message, says.failure)));
      }
    });
    thread.once("exit", () => end(() => reject(new Error("the thread that read the compose files ended without a word"))));
    thread.once("error", (error: Error & { code?: string }) =>
      end(() => reject(error.code === "ERR_WORKER_OUT_OF_MEMORY" ? tooMuch(`more than ${memoryMbMax} MB`) : error)),
    );
  });
