import { spawn } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { killGroup, type ServiceSpec } from "./world.js";

/** `node` is the node that runs the sandbox; anything else is looked up on PATH. */
export const program = (command: readonly string[]): readonly [string, readonly string[]] => {
  const [first = "", ...rest] = command;
  return first === "node" ? [process.execPath, rest] : [first, rest];
};

const oneCheck = (health: Health, cwd: string, env: NodeJS.ProcessEnv): Promise<boolean> =>
  new Promise((resolve) => {
    const [file, args] = health.test[0] === "CMD" ? program(health.test.slice(1)) : (["sh", ["-c", health.test.slice(1).join(" ")]] as const);
    const check = spawn(file, args, { cwd, env, stdio: "ignore", detached: true });
    const limit = setTimeout(() => killGroup(check.pid ?? null, "SIGKILL"), health.timeoutMs);
    const end = (ok: boolean): void => {
      clearTimeout(limit);
      resolve(ok);
    };
    check.once("error", () => end(false));
    check.once("exit", (code) => end(code === 0));
  });

type Health = NonNullable<ServiceSpec["health"]>;

export interface Patient {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly isOver: () => boolean;
  readonly neverWell: boolean;
  readonly onWell: () => void;
}

/** Until the first success the sandbox looks this often, whatever the recipe's interval: a start must not take a test's patience. ms */
const eagerMs = 100;
/** And afterwards no more often than this: each look costs the start of a process. ms */
const lazyMs = 2_000;

/**
 * Watches a task's health. Resolves true once it is unhealthy by the recipe's own count of intervals and retries, and
 * false when the task is over.
 */
export const watchHealth = async (health: Health, { cwd, env, isOver, neverWell, onWell }: Patient): Promise<boolean> => {
  let wellUntil = Date.now() + health.startMs;
  let isWell = false;
  for (;;) {
    const ok = !neverWell && (await oneCheck(health, cwd, env));
    if (isOver()) return false;
    if (ok) {
      wellUntil = Date.now();
      if (!isWell) onWell();
      isWell = true;
    } else if (Date.now() - wellUntil >= health.retries * health.intervalMs) return true;
    const next = Date.now() + (isWell ? Math.max(health.intervalMs, lazyMs) : Math.min(health.intervalMs, eagerMs));
    while (Date.now() < next) {
      await pause(Math.min(50, eagerMs));
      if (isOver()) return false;
    }
  }
};
