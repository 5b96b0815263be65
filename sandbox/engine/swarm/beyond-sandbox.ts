import { posix } from "node:path";
import { configTarget, secretTarget } from "../container/file-targets.js";
import { refuseUnknown } from "../refusal.js";
import type { ContainerSpec, Port, ServiceSpec, TaskTemplate } from "../schema.js";

/** Folders of the examples' images: programs, their libraries, and the app itself. None of them is in a container's folder here. */
const imageFolders = ["/app", "/bin", "/lib", "/lib64", "/usr/lib"];

const hasPart = (folder: string, path: string): boolean =>
  folder === path || folder.startsWith(`${path}/`) || path.startsWith(`${folder}/`);

const isOverImage = (target: string): boolean => imageFolders.some((folder) => hasPart(folder, posix.resolve("/", target)));

const isOther = (user: string): boolean =>
  user
    .split(":")
    .slice(0, 2)
    .some((id) => /^\+?\d+$/.test(id) && Number(id) !== 0);

const ofContainer = ({
  User = "",
  ReadOnly,
  CapabilityDrop = [],
  Sysctls = {},
  Ulimits = [],
  DNSConfig,
  Healthcheck,
}: ContainerSpec): readonly (string | false)[] => [
  isOther(User) && `services of another user than root ("${User}")`,
  ReadOnly === true && "containers that may not be written (read_only)",
  CapabilityDrop.length > 0 && `containers without a capability (${CapabilityDrop.join(", ")})`,
  Object.keys(Sysctls).length > 0 && `sysctls (${Object.keys(Sysctls).join(", ")})`,
  Ulimits.length > 0 && "ulimits",
  (DNSConfig?.Nameservers ?? []).length > 0 && "name servers (dns)",
  // An engine of 20.10 crashes on it, and so does each that is started afterwards.
  Healthcheck?.Test?.length === 1 && Healthcheck.Test[0] === "CMD" && "a health check CMD without a command",
];

const shells: ReadonlySet<string> = new Set(["sh", "/bin/sh", "bash", "/bin/bash"]);

/**
 * Refuses an entrypoint that is a config, as in many recipes: programs run on this machine, where a container's own files have another
 * path.
 */
const programFrom = (targets: readonly string[], { Command = [], Args = [] }: ContainerSpec): string | undefined => {
  const [first = "", second = ""] = [...Command, ...Args];
  return [first, shells.has(first) ? second : ""].find((word) => word !== "" && targets.includes(posix.resolve("/", word)));
};

const ofPrograms = (container: ContainerSpec): readonly (string | false)[] => {
  const { Secrets = [], Configs = [] } = container;
  const program = programFrom([...Secrets.map(secretTarget), ...Configs.map(configTarget)], container);
  return [program !== undefined && `a program that comes as a config or secret (${program})`];
};

const ofFiles = ({ Mounts = [], Secrets = [], Configs = [] }: ContainerSpec): readonly (string | false)[] => {
  const targets = [
    ...Mounts.map(({ Target }) => Target),
    ...[...Secrets, ...Configs].flatMap(({ File }) => (File?.Name.startsWith("/") === true ? [File.Name] : [])),
  ];
  const over = targets.find(isOverImage);
  return [
    over !== undefined && `what lies over or in an image's own folders (${over})`,
    Mounts.some(({ TmpfsOptions }) => (TmpfsOptions?.SizeBytes ?? 0) > 0) && "a tmpfs of a certain size",
    Mounts.some(({ VolumeOptions }) => VolumeOptions?.Subpath !== undefined) && "a volume's subpath",
  ];
};

/** Options of json-file and local that do not matter to a reader of the log. */
const logOptions: ReadonlySet<string> = new Set(["max-file", "compress", "labels", "labels-regex", "env", "env-regex", "tag"]);
const logSize = /^\d+(?:\.\d+)? ?(?:[kmgtp]i?b?|b)?$/i;

const ofLog = ({ LogDriver: { Name = "json-file", Options } = {} }: TaskTemplate): readonly (string | false)[] => {
  const isKnown = ([name, value]: readonly [string, string]): boolean => (name === "max-size" ? logSize.test(value) : logOptions.has(name));
  const unknown = Object.entries(Options ?? {}).find((option) => !isKnown(option));
  return [
    !["json-file", "local"].includes(Name) && `the logging driver ${Name}`,
    unknown !== undefined && `the logging option ${unknown.join("=")}`,
  ];
};

const ofResources = ({ Resources }: TaskTemplate): readonly (string | false)[] => [
  (Resources?.Limits?.MemoryBytes ?? 0) > 0 && "a limit of memory",
  (Resources?.Limits?.Pids ?? 0) > 0 && "a limit of processes",
];

const portMax = 65_535;

/** A Swarm accepts an impossible port, and then never runs the service. */
const ofPorts = (ports: readonly Port[]): readonly (string | false)[] => {
  const beyond = ports.flatMap(({ TargetPort, PublishedPort = 0 }) => [TargetPort, PublishedPort]).find((port) => port > portMax);
  return [
    ports.some(({ Protocol }) => Protocol === "sctp") && "ports of the protocol sctp",
    beyond !== undefined && `ports above ${portMax} (${beyond})`,
  ];
};

/**
 * Refuses by name what restricts or changes a container in ways that the sandbox cannot: on a Swarm the service might fail because of it.
 */
export const assertWithinSandbox = ({ TaskTemplate, EndpointSpec }: ServiceSpec): void => {
  const { ContainerSpec } = TaskTemplate;
  const [first] = [
    ...ofContainer(ContainerSpec),
    ...ofPrograms(ContainerSpec),
    ...ofFiles(ContainerSpec),
    ...ofLog(TaskTemplate),
    ...ofResources(TaskTemplate),
    ...ofPorts(EndpointSpec?.Ports ?? []),
  ].filter((one) => one !== false);
  if (first !== undefined) refuseUnknown(first);
};
