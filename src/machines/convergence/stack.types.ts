/** One task of a service, as the Swarm reports it. Times are in ms since the epoch, on the engine's clock. */
export interface TaskSnapshot {
  readonly id: string;
  /** The place that it fills: a slot of a replicated service, a node of a global one. */
  readonly place: string;
  /** The state that the Swarm wants: `running`, `ready` (waits for the restart delay), `shutdown`, `remove`; `complete` for a job. */
  readonly desired: string;
  /**
   * Its state: `pending`, `preparing`, `starting`, `running`, `complete`, `failed`, `rejected`…; `unreported`: it has
   * ended, but the Swarm still takes it for running.
   */
  readonly state: string;
  /** When it entered this state. */
  readonly since: number;
  readonly created: number;
  /** Whether it was made from the service's current spec. During an update, old and new tasks differ in this. */
  readonly current: boolean;
  /** The Swarm's own reason, which a pending task may have too. */
  readonly error: string | null;
  /** The exit code of a container that has ended. */
  readonly exitCode: number | null;
  readonly container: string | null;
}

export type RestartCondition = "any" | "on-failure" | "none";

/** What a service is asked to be. It changes only if somebody changes the service; `docker service update --force` changes nothing of it. */
export interface Asked {
  readonly image: string;
  /** null: a global service, or a job. */
  readonly replicas: number | null;
  /** A sum over everything else. */
  readonly rest: string;
}

/** One service of a stack at one moment. */
export interface ServiceSnapshot {
  readonly name: string;
  /** The service object's version: every change of the service increases it, scaling and updates included. */
  readonly version: number;
  readonly asked: Asked;
  readonly mode: "replicated" | "global" | "replicated-job" | "global-job";
  /** Replicas, eligible nodes, or completions of a job. */
  readonly wanted: number;
  /** When the service was last changed. */
  readonly updated: number;
  readonly restart: { readonly condition: RestartCondition; /** 0: without end. */ readonly maxAttempts: number };
  /** The recipe's `update_config.monitor`, or null if it leaves that to Docker. ms */
  readonly monitorMs: number | null;
  /** UpdateStatus; null before the first update. */
  readonly update: {
    readonly state: string;
    readonly message: string;
    /** As the Swarm writes it: ISO 8601. */ readonly startedAt: string | null;
  } | null;
  readonly tasks: readonly TaskSnapshot[];
}

export interface StackSnapshot {
  /** When the look was taken, on the engine's clock. */
  readonly at: number;
  readonly services: readonly ServiceSnapshot[];
}

/** How long is long enough. recipe.yml may override each value. */
export interface ConvergenceRules {
  /** How long tasks must stay. If a service's own `update_config.monitor` is longer, that counts. ms */
  readonly monitorMs: number;
  /** A service is in a crash loop after this many deaths… */
  readonly crashDeaths: number;
  /** …if no task has stayed for this long. ms */
  readonly crashMs: number;
}
