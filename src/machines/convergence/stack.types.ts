/** One task of a service, as the Swarm reports it. Times are in ms since the epoch, on the engine's clock. */
export interface TaskSnapshot {
  readonly id: string;
  /** Which of the service's places it fills: a slot of a replicated service, a node of a global one. */
  readonly place: string;
  /** What the Swarm wants of it: `running`, `ready` (waits for the restart delay), `shutdown`, `remove`; `complete` for a job. */
  readonly desired: string;
  /**
   * What it is in: `pending`, `preparing`, `starting`, `running`, `complete`, `failed`, `rejected`…; `unreported`: it
   * has ended, and the Swarm takes it for running still.
   */
  readonly state: string;
  /** When it came into this state. */
  readonly since: number;
  readonly created: number;
  /** Whether it was made from the service's spec as it stands; the tasks of an update's two sides differ in it. */
  readonly current: boolean;
  /** The Swarm's own reason, for a pending task too. */
  readonly error: string | null;
  /** Of a container that has ended. */
  readonly exitCode: number | null;
  readonly container: string | null;
}

export type RestartCondition = "any" | "on-failure" | "none";

/** One service of a stack at one moment. */
export interface ServiceSnapshot {
  readonly name: string;
  /** The service object's version: it changes with every change of the service, scaling and updates included. */
  readonly version: number;
  readonly mode: "replicated" | "global" | "replicated-job" | "global-job";
  /** Replicas, eligible nodes, or completions of a job. */
  readonly wanted: number;
  /** When the service was last changed. */
  readonly updated: number;
  readonly restart: { readonly condition: RestartCondition; /** 0: without end. */ readonly maxAttempts: number };
  /** `update_config.monitor` of the recipe, or null where it leaves that to Docker. ms */
  readonly monitorMs: number | null;
  /** UpdateStatus; null before the first update. */
  readonly update: { readonly state: string; readonly message: string; /** As the Swarm writes it: ISO 8601. */ readonly startedAt: string | null } | null;
  readonly tasks: readonly TaskSnapshot[];
}

export interface StackSnapshot {
  /** When the look was taken, on the engine's clock. */
  readonly at: number;
  readonly services: readonly ServiceSnapshot[];
}

/** How long is long enough; the recipe's recipe.yml may say otherwise. */
export interface ConvergenceRules {
  /** How long tasks must stay; a service whose own `update_config.monitor` is longer must stay for that. ms */
  readonly monitorMs: number;
  /** So many deaths of a service… */
  readonly crashDeaths: number;
  /** …and no task that stayed, for so long, make a crash loop. ms */
  readonly crashMs: number;
}
