/** The part of the Engine API's documents (v1.41) that the sandbox keeps and shows. Durations are in ns, as there. */

export type Labels = Readonly<Record<string, string>>;

interface VersionIndex {
  readonly Index: number;
}

export interface Mount {
  readonly Type: "volume" | "bind" | "tmpfs";
  readonly Source?: string;
  readonly Target: string;
  readonly ReadOnly?: boolean;
  readonly VolumeOptions?: {
    readonly Labels?: Labels;
    readonly NoCopy?: boolean;
    readonly Subpath?: string;
    readonly DriverConfig?: { readonly Name: string };
  };
  readonly BindOptions?: { readonly Propagation: string };
  readonly TmpfsOptions?: { readonly SizeBytes: number };
}

interface FileTarget {
  readonly Name: string;
  readonly UID?: string;
  readonly GID?: string;
  readonly Mode?: number;
}

export interface SecretReference {
  readonly File?: FileTarget;
  readonly SecretID: string;
  readonly SecretName: string;
}

export interface ConfigReference {
  readonly File?: FileTarget;
  readonly ConfigID: string;
  readonly ConfigName: string;
}

export interface HealthConfig {
  readonly Test?: readonly string[];
  readonly Interval?: number;
  readonly Timeout?: number;
  readonly StartPeriod?: number;
  readonly StartInterval?: number;
  readonly Retries?: number;
}

export interface ContainerSpec {
  readonly Image: string;
  readonly Labels?: Labels;
  readonly Command?: readonly string[];
  readonly Args?: readonly string[];
  readonly Env?: readonly string[];
  readonly Dir?: string;
  readonly User?: string;
  readonly Hostname?: string;
  readonly Hosts?: readonly string[];
  readonly ReadOnly?: boolean;
  readonly CapabilityAdd?: readonly string[];
  readonly CapabilityDrop?: readonly string[];
  readonly Sysctls?: Labels;
  readonly Ulimits?: readonly object[];
  readonly DNSConfig?: { readonly Nameservers?: readonly string[] };
  readonly Mounts?: readonly Mount[];
  readonly StopGracePeriod?: number;
  readonly StopSignal?: string;
  readonly Healthcheck?: HealthConfig;
  readonly Secrets?: readonly SecretReference[];
  readonly Configs?: readonly ConfigReference[];
}

interface Resource {
  readonly NanoCPUs?: number;
  readonly MemoryBytes?: number;
  readonly Pids?: number;
  readonly GenericResources?: readonly object[];
}

export interface RestartPolicy {
  readonly Condition?: "none" | "on-failure" | "any";
  readonly Delay?: number;
  readonly MaxAttempts?: number;
  readonly Window?: number;
}

export interface TaskTemplate {
  readonly ContainerSpec: ContainerSpec;
  readonly Resources?: { readonly Limits?: Resource; readonly Reservations?: Resource };
  readonly RestartPolicy?: RestartPolicy;
  readonly Placement?: { readonly Constraints?: readonly string[]; readonly MaxReplicas?: number };
  readonly Networks?: readonly { readonly Target: string; readonly Aliases?: readonly string[]; readonly DriverOpts?: Labels }[];
  readonly LogDriver?: { readonly Name?: string; readonly Options?: Labels };
  readonly ForceUpdate?: number;
  readonly Runtime?: string;
}

export interface UpdateConfig {
  readonly Parallelism?: number;
  readonly Delay?: number;
  readonly FailureAction?: "pause" | "continue" | "rollback";
  readonly Monitor?: number;
  readonly MaxFailureRatio?: number;
  readonly Order?: "stop-first" | "start-first";
}

export interface Port {
  readonly Protocol?: string;
  readonly TargetPort: number;
  readonly PublishedPort?: number;
  readonly PublishMode?: "host" | "ingress";
}

export interface Mode {
  readonly Replicated?: { readonly Replicas?: number };
  readonly Global?: object;
  readonly ReplicatedJob?: { readonly MaxConcurrent?: number; readonly TotalCompletions?: number };
  readonly GlobalJob?: object;
}

export interface ServiceSpec {
  readonly Name: string;
  readonly Labels?: Labels;
  readonly TaskTemplate: TaskTemplate;
  readonly Mode: Mode;
  readonly UpdateConfig?: UpdateConfig;
  readonly RollbackConfig?: UpdateConfig;
  readonly EndpointSpec?: { readonly Mode?: "vip" | "dnsrr"; readonly Ports?: readonly Port[] };
}

export type UpdateState = "updating" | "paused" | "completed" | "rollback_started" | "rollback_paused" | "rollback_completed";

export interface UpdateStatus {
  readonly State: UpdateState;
  readonly StartedAt: string;
  readonly CompletedAt?: string;
  readonly Message: string;
}

export interface Service {
  readonly ID: string;
  readonly Version: VersionIndex;
  readonly CreatedAt: string;
  readonly UpdatedAt: string;
  readonly Spec: ServiceSpec;
  readonly PreviousSpec?: ServiceSpec;
  readonly Endpoint: { readonly Spec: object; readonly Ports?: readonly Port[]; readonly VirtualIPs?: readonly object[] };
  readonly UpdateStatus?: UpdateStatus;
  readonly JobStatus?: { readonly JobIteration: { readonly Index?: number }; readonly LastExecution: string };
}

export type TaskState =
  | "new"
  | "pending"
  | "assigned"
  | "ready"
  | "preparing"
  | "starting"
  | "running"
  | "complete"
  | "shutdown"
  | "failed"
  | "rejected"
  | "remove";

export interface TaskStatus {
  readonly Timestamp: string;
  readonly State: TaskState;
  readonly Message: string;
  readonly Err?: string;
  readonly ContainerStatus?: { readonly ContainerID: string; readonly PID: number; readonly ExitCode: number };
  readonly PortStatus: { readonly Ports?: readonly Port[] };
}

export interface Task {
  readonly ID: string;
  readonly Version: VersionIndex;
  readonly CreatedAt: string;
  readonly UpdatedAt: string;
  readonly Labels: Labels;
  readonly Spec: TaskTemplate;
  readonly ServiceID: string;
  readonly Slot?: number;
  readonly NodeID?: string;
  readonly Status: TaskStatus;
  readonly DesiredState: TaskState;
  readonly NetworksAttachments?: readonly object[];
  readonly JobIteration?: { readonly Index?: number };
}

export interface VolumeDocument {
  readonly Name: string;
  readonly CreatedAt: string;
  readonly Driver: "local";
  readonly Labels: Labels | null;
  readonly Mountpoint: string;
  readonly Options: null;
  readonly Scope: "local";
}

export interface NetworkDocument {
  readonly Name: string;
  readonly Id: string;
  readonly Created: string;
  readonly Scope: "swarm" | "local";
  readonly Driver: string;
  readonly Attachable: boolean;
  readonly Internal: boolean;
  readonly Labels: Labels;
  readonly Options: Readonly<Record<string, string>>;
  /** Whether it was removed but is still listed as long as it has a container. */
  readonly doomed?: boolean;
}

/** A secret or a config. Its content is in a file beside. */
export interface KeptFile {
  readonly ID: string;
  readonly Version: VersionIndex;
  readonly CreatedAt: string;
  readonly UpdatedAt: string;
  readonly Spec: { readonly Name: string; readonly Labels: Labels; readonly Templating?: { readonly Name: string } };
}
