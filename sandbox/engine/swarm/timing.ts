import type { RestartPolicy, UpdateConfig } from "../schema.js";

const ms = (ns: number | undefined, otherwise: number): number => (ns === undefined ? otherwise : ns / 1_000_000);

/** By default a Swarm waits five seconds before a restart. Here it is shorter, so that tests need not wait for a crash loop. ms */
const restartDelay = { usual: 150, most: 1_000 };

export interface Restarts {
  readonly condition: "none" | "on-failure" | "any";
  readonly delayMs: number;
  /** 0: for ever. */
  readonly attempts: number;
  /** 0: since its first. */
  readonly windowMs: number;
}

export const restartsOf = (policy: RestartPolicy | undefined, usual: Restarts["condition"]): Restarts => ({
  condition: policy?.Condition ?? usual,
  delayMs: Math.min(ms(policy?.Delay, restartDelay.usual), restartDelay.most),
  attempts: policy?.MaxAttempts ?? 0,
  windowMs: ms(policy?.Window, 0),
});

/** By default a Swarm watches an updated task for five seconds. It is shorter here for the same reason. ms */
const monitor = { usual: 300, most: 2_000 };

export interface Updates {
  readonly startFirst: boolean;
  /** 0: all at once. */
  readonly parallelism: number;
  readonly delayMs: number;
  readonly monitorMs: number;
  readonly failureAction: "pause" | "continue" | "rollback";
  readonly failureRatio: number;
}

export const updatesOf = (config: UpdateConfig | undefined): Updates => ({
  startFirst: config?.Order === "start-first",
  parallelism: config?.Parallelism ?? 1,
  delayMs: Math.min(ms(config?.Delay, 0), restartDelay.most),
  monitorMs: Math.min(ms(config?.Monitor || undefined, monitor.usual), monitor.most),
  failureAction: config?.FailureAction ?? "pause",
  failureRatio: config?.MaxFailureRatio ?? 0,
});

/** A service's grace in ms; the engine's default if it has none. */
export const stopGraceMs = (ns: number | undefined): number => ms(ns, 10_000);
