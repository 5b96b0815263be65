import { setTimeout as pause } from "node:timers/promises";
import { ask, linesOf } from "../children.js";
import { until } from "../processes.js";

const budgetMs = 90_000;
const betweenMs = 250;

/**
 * Removes stacks with their volumes, for a test that is over: asks again until nothing of them is left, for the Engine
 * refuses to remove a network while a task of a removed service still has it (`docker stack rm` then ends with 1).
 * Rejects after 90 s, naming what stayed.
 */
export const removeStacks = async (stacks: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<void> => {
  const said = (...args: readonly string[]): string => ask("docker", args, { env: { ...process.env, ...env } }).stdout;
  const listed = (stack: string, kind: string, ...more: readonly string[]): readonly string[] =>
    linesOf(said(kind, "ls", "--quiet", ...more, "--filter", `label=com.docker.stack.namespace=${stack}`));
  let left = stacks.map((stack) => ({ stack, ids: ["not looked at"] as readonly string[] }));
  const remove = (stack: string): readonly string[] => {
    said("stack", "rm", stack);
    const containers = listed(stack, "container", "--all");
    if (containers.length === 0) for (const volume of listed(stack, "volume")) said("volume", "rm", volume);
    return [...containers, ...["service", "network", "volume"].flatMap((kind) => listed(stack, kind))];
  };
  await until(
    () => left.map(({ stack, ids }) => `${stack} to be gone, of which is left ${ids.join(", ")}`).join("; "),
    async () => {
      left = left.map(({ stack }) => ({ stack, ids: remove(stack) })).filter(({ ids }) => ids.length > 0);
      if (left.length > 0) await pause(betweenMs);
      return left.length === 0;
    },
    budgetMs,
  );
};
