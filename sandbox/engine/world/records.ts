import type { HealthConfig, Labels, Mount, Task } from "../schema.js";

/** A task with what the Swarm remembers of its service, which may be gone before its last task. */
export interface TaskRecord {
  readonly task: Task;
  readonly service: { readonly name: string; readonly labels: Labels };
}

/** A container, as the sandbox keeps it: what the API shows of it, and what only this machine knows. */
export interface ContainerRecord {
  readonly id: string;
  readonly name: string;
  readonly taskId: string;
  readonly serviceId: string;
  readonly serviceName: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly labels: Labels;
  readonly env: readonly string[];
  readonly user: string;
  readonly hostname: string;
  readonly createdAt: string;
  readonly state: "created" | "running" | "exited";
  /** `none`: there is no health check. */
  readonly health: "none" | "starting" | "healthy" | "unhealthy";
  readonly healthConfig: HealthConfig | null;
  readonly lastFailedLook?: { readonly code: number; readonly output: string };
  readonly pid: number | null;
  readonly exitCode: number;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly workDir: string;
  readonly stopSignal: NodeJS.Signals;
  readonly stopGraceMs: number;
  readonly mounts: readonly {
    readonly type: Mount["Type"];
    readonly name: string;
    readonly source: string;
    readonly target: string;
    readonly readOnly: boolean;
    readonly anonymous: boolean;
  }[];
  /** By id. */
  readonly networks: readonly string[];
  /** What listens in the container → where it listens on this machine. */
  readonly ports: Readonly<Record<string, number>>;
  /** The ports that the service publishes in host mode. */
  readonly published: readonly string[];
  /** When the container is removed, ms since the epoch; null while its task is remembered. */
  readonly removeAt: number | null;
}
