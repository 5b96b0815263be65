/**
 * The Engine's documents, as far as we read them, with the Engine's names. A field that the daemon may leave out is optional,
 * and the type of a list that it may give as null says so.
 */
export type Labels = Readonly<Record<string, string>>;

export interface Version {
  readonly Version: string;
  readonly ApiVersion: string;
  readonly MinAPIVersion?: string;
}

export interface Info {
  readonly ServerVersion?: string;
  /** ISO 8601, the daemon's clock. */
  readonly SystemTime?: string;
  readonly Swarm?: {
    readonly LocalNodeState?: string;
    readonly ControlAvailable?: boolean;
    readonly NodeID?: string;
    readonly Nodes?: number;
  };
}

interface SwarmThing<Spec> {
  readonly ID: string;
  readonly Version?: { readonly Index: number };
  readonly CreatedAt?: string;
  readonly UpdatedAt?: string;
  readonly Spec: Spec;
}

interface Named {
  readonly Name: string;
  readonly Labels?: Labels | null;
}

interface Mount {
  readonly Type?: "bind" | "volume" | "tmpfs" | "npipe" | "cluster";
  readonly Source?: string;
  readonly Target?: string;
  readonly ReadOnly?: boolean;
}

interface HealthConfig {
  readonly Test?: readonly string[];
  /** Nanoseconds, like the others. */
  readonly Interval?: number;
  readonly Timeout?: number;
  readonly Retries?: number;
  readonly StartPeriod?: number;
}

export interface ContainerSpec {
  readonly Image?: string;
  readonly Labels?: Labels | null;
  /** Nanoseconds. */
  readonly StopGracePeriod?: number;
  readonly Healthcheck?: HealthConfig;
  readonly Mounts?: readonly Mount[];
  readonly Secrets?: readonly { readonly SecretID: string; readonly SecretName: string }[];
  readonly Configs?: readonly { readonly ConfigID: string; readonly ConfigName: string }[];
}

export interface RestartPolicy {
  readonly Condition?: "none" | "on-failure" | "any";
  /** Nanoseconds, like the window. */
  readonly Delay?: number;
  readonly MaxAttempts?: number;
  readonly Window?: number;
}

export interface TaskSpec {
  readonly ContainerSpec?: ContainerSpec;
  readonly RestartPolicy?: RestartPolicy;
  readonly Networks?: readonly { readonly Target?: string; readonly Aliases?: readonly string[] }[];
  readonly ForceUpdate?: number;
}

export interface ServiceMode {
  readonly Replicated?: { readonly Replicas?: number };
  readonly Global?: object;
  readonly ReplicatedJob?: { readonly MaxConcurrent?: number; readonly TotalCompletions?: number };
  readonly GlobalJob?: object;
}

interface UpdateConfig {
  readonly Parallelism?: number;
  /** Nanoseconds, like the monitor's time. */
  readonly Delay?: number;
  readonly Monitor?: number;
  readonly FailureAction?: "continue" | "pause" | "rollback";
  readonly Order?: "stop-first" | "start-first";
}

export interface PublishedPort {
  readonly Protocol?: string;
  readonly TargetPort?: number;
  readonly PublishedPort?: number;
  readonly PublishMode?: "ingress" | "host";
}

export interface UpdateStatus {
  readonly State?: "updating" | "paused" | "completed" | "rollback_started" | "rollback_paused" | "rollback_completed";
  readonly StartedAt?: string;
  readonly CompletedAt?: string;
  readonly Message?: string;
}

interface ServiceSpec extends Named {
  readonly TaskTemplate?: TaskSpec;
  readonly Mode?: ServiceMode;
  readonly UpdateConfig?: UpdateConfig;
}

export interface Service extends SwarmThing<ServiceSpec> {
  readonly Endpoint?: { readonly Ports?: readonly PublishedPort[]; readonly Spec?: { readonly Mode?: "vip" | "dnsrr" } };
  readonly UpdateStatus?: UpdateStatus;
  /** Only with `status=true`; counted as the CLI's REPLICAS column is. */
  readonly ServiceStatus?: { readonly RunningTasks: number; readonly DesiredTasks: number; readonly CompletedTasks?: number };
  readonly JobStatus?: { readonly JobIteration?: { readonly Index?: number }; readonly LastExecution?: string };
}

export type TaskState =
  | "new"
  | "allocated"
  | "pending"
  | "assigned"
  | "accepted"
  | "preparing"
  | "ready"
  | "starting"
  | "running"
  | "complete"
  | "shutdown"
  | "failed"
  | "rejected"
  | "remove"
  | "orphaned";

export interface Task extends SwarmThing<TaskSpec> {
  readonly Labels?: Labels | null;
  readonly ServiceID: string;
  readonly NodeID?: string;
  readonly Slot?: number;
  readonly DesiredState: TaskState;
  /** Which execution of a job it belongs to. */
  readonly JobIteration?: { readonly Index?: number };
  readonly Status: {
    readonly Timestamp?: string;
    readonly State: TaskState;
    readonly Message?: string;
    readonly Err?: string;
    readonly ContainerStatus?: { readonly ContainerID?: string; readonly PID?: number; readonly ExitCode?: number };
  };
  readonly NetworksAttachments?: readonly { readonly Network?: { readonly ID?: string }; readonly Addresses?: readonly string[] }[];
}

/** Something mounted in a container. */
interface MountPoint {
  readonly Type?: string;
  /** A volume's. */
  readonly Name?: string;
  readonly Source?: string;
  readonly Destination?: string;
  readonly RW?: boolean;
}

/** One of `/containers/json`. */
export interface ContainerSummary {
  readonly Id: string;
  /** Each with a leading slash. */
  readonly Names?: readonly string[] | null;
  readonly Image?: string;
  readonly State?: string;
  readonly Status?: string;
  readonly Created?: number;
  readonly Labels?: Labels | null;
  readonly Mounts?: readonly MountPoint[] | null;
  readonly NetworkSettings?: { readonly Networks?: Readonly<Record<string, { readonly NetworkID?: string }>> | null } | null;
}

/** `/containers/ID/json`. */
export interface Container {
  readonly Id: string;
  readonly Name: string;
  readonly State?: {
    readonly Status?: string;
    readonly Running?: boolean;
    readonly ExitCode?: number;
    readonly Pid?: number;
    readonly OOMKilled?: boolean;
    readonly StartedAt?: string;
    readonly Health?: {
      readonly Status?: "none" | "starting" | "healthy" | "unhealthy";
      readonly FailingStreak?: number;
      readonly Log?: readonly { readonly Start?: string; readonly End?: string; readonly ExitCode?: number; readonly Output?: string }[];
    };
  };
  readonly Config?: {
    readonly Image?: string;
    readonly Labels?: Labels | null;
    readonly Healthcheck?: HealthConfig;
    readonly StopTimeout?: number;
  };
  readonly HostConfig?: { readonly RestartPolicy?: { readonly Name?: string } };
  readonly Mounts?: readonly MountPoint[];
  readonly NetworkSettings?: {
    readonly Ports?: Readonly<Record<string, readonly { readonly HostIp?: string; readonly HostPort?: string }[] | null>> | null;
    readonly Networks?: Readonly<Record<string, { readonly IPAddress?: string; readonly NetworkID?: string }>> | null;
  };
}

export interface Volume extends Named {
  readonly Driver?: string;
  /** Of the driver: `type=tmpfs` and the like. */
  readonly Options?: Labels | null;
  readonly CreatedAt?: string;
  readonly Scope?: string;
  readonly ClusterVolume?: { readonly ID?: string };
}

export interface VolumeList {
  readonly Volumes: readonly Volume[] | null;
}

export interface Network extends Named {
  readonly Id: string;
  readonly Created?: string;
  readonly Scope?: string;
  readonly Driver?: string;
  readonly Ingress?: boolean;
  readonly Attachable?: boolean;
  readonly IPAM?: { readonly Config?: readonly object[] | null };
}

export type Secret = SwarmThing<Named>;
export type Config = SwarmThing<Named>;

export interface Node extends SwarmThing<{ readonly Labels?: Labels | null; readonly Role?: string; readonly Availability?: string }> {
  readonly Description?: { readonly Hostname?: string };
  readonly Status?: { readonly State?: string; readonly Addr?: string; readonly Message?: string };
  readonly ManagerStatus?: { readonly Leader?: boolean; readonly Reachability?: string };
}

export interface Image {
  readonly Id: string;
  readonly RepoTags?: readonly string[] | null;
  readonly RepoDigests?: readonly string[] | null;
  readonly Config?: { readonly Healthcheck?: HealthConfig; readonly ExposedPorts?: Readonly<Record<string, object>> | null };
}

/** One line of `/events`. */
export interface EngineEvent {
  readonly Type?: string;
  readonly Action?: string;
  readonly Actor?: { readonly ID?: string; readonly Attributes?: Labels };
  readonly scope?: string;
  readonly timeNano?: number;
}

/** One line of the progress that `/images/create` sends. */
export interface PullProgress {
  readonly status?: string;
  /** Of a layer. */
  readonly id?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
  readonly error?: string;
  readonly errorDetail?: { readonly message?: string };
}

/** `/containers/ID/stats`, one sample; empty for a container that does not run. */
export interface Stats {
  /** ISO 8601, the daemon's clock. */
  readonly read?: string;
  /** Nanoseconds since the container began. */
  readonly cpu_stats?: { readonly cpu_usage?: { readonly total_usage?: number } };
  readonly memory_stats?: {
    readonly usage?: number;
    readonly stats?: { readonly inactive_file?: number; readonly total_inactive_file?: number };
  };
}

/** `/networks/NAME`, with the containers of this node that are on it. */
export interface NetworkDetails extends Network {
  readonly Containers?: Readonly<Record<string, { readonly Name?: string; readonly IPv4Address?: string }>> | null;
}
