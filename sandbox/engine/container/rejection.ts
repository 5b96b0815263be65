import { isIP } from "node:net";
import { existsSync } from "node:fs";
import { isAbsolute, posix } from "node:path";
import { isCapability, isSignal } from "../../../src/effects/compose/engine-words.js";
import type { ContainerSpec, Mount, TaskTemplate } from "../schema.js";
import { node } from "../swarm/node.js";
import type { Image } from "./images.js";
import { isFileOf } from "./image-programs.js";

type Resources = NonNullable<TaskTemplate["Resources"]>;

const whyNoMount = ({ Type, Source = "", Target }: Mount): string | null => {
  if (!isAbsolute(Target)) return `invalid mount target, must be an absolute path: ${Target}`;
  if (posix.resolve(Target) === "/") return `invalid mount config for type "${Type}": invalid specification: destination can't be '/'`;
  if (Type === "bind" && !existsSync(Source)) return `invalid mount config for type "bind": bind source path does not exist: ${Source}`;
  if (Type !== "volume" || Source === "") return null;
  if (isAbsolute(Source)) return `invalid volume mount source, must not be an absolute path: ${Source}`;
  return whyNoVolume(Source);
};

/** The volume driver's message about a name; null if it accepts it. */
const whyNoVolume = (name: string): string | null => {
  if (name.length < 2) return `create ${name}: volume name is too short, names should be at least two alphanumeric characters`;
  return /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name)
    ? null
    : `create ${name}: "${name}" includes invalid characters for a local volume name, only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. If you intended to pass a host directory, use absolute path`;
};

const mounts = ({ Mounts = [] }: ContainerSpec): string | null => {
  const why = Mounts.map(whyNoMount).find((one) => one !== null);
  if (why !== undefined) return why;
  const targets = Mounts.map(({ Target }) => posix.resolve(Target));
  const twice = targets.find((target, index) => targets.indexOf(target) !== index);
  return twice === undefined ? null : `Duplicate mount point: ${twice}`;
};

const environment = ({ Env = [] }: ContainerSpec): string | null => {
  const bad = Env.find((pair) => pair === "" || pair.startsWith("="));
  return bad === undefined ? null : `invalid environment variable: ${bad}`;
};

const workingFolder = ({ Dir = "" }: ContainerSpec, image: Image): string | null => {
  if (Dir === "") return null;
  if (!isAbsolute(Dir)) return `the working directory '${Dir}' is invalid, it needs to be an absolute path`;
  const parts = posix.resolve(Dir).split("/");
  const file = parts.map((_, index) => parts.slice(0, index + 1).join("/")).find((path) => isFileOf(image, path));
  return file === undefined ? null : `Cannot mkdir: ${file} is not a directory`;
};

const stopSignal = ({ StopSignal = "" }: ContainerSpec): string | null =>
  StopSignal === "" || isSignal(StopSignal) ? null : `Invalid signal: ${StopSignal}`;

const capabilities = ({ CapabilityAdd = [], CapabilityDrop = [] }: ContainerSpec): string | null => {
  for (const [word, names] of [
    ["CapAdd", CapabilityAdd],
    ["CapDrop", CapabilityDrop],
  ] as const) {
    const bad = names.find((name) => !isCapability(name));
    if (bad !== undefined) return `invalid ${word}: unknown capability: "${bad}"`;
  }
  return null;
};

const hosts = ({ Hosts = [] }: ContainerSpec): string | null => {
  const [bad] = Hosts.flatMap((entry) => {
    const [address = ""] = entry.split(" ");
    return address === "host-gateway" || isIP(address) !== 0 ? [] : [address];
  });
  return bad === undefined ? null : `invalid IP address in add-host: "${bad}"`;
};

const command = ({ Command = [], Args = [] }: ContainerSpec): string | null =>
  Command.length === 1 && Command[0] === "" && Args.length === 0 ? "No command specified" : null;

const cpus = ({ Limits }: Resources): string | null =>
  (Limits?.NanoCPUs ?? 0) > node.cpus * 1e9
    ? `Range of CPUs is from 0.01 to ${node.cpus}.00, as there are only ${node.cpus} CPUs available`
    : null;

/** Why an engine (measured: 20.10.24) cannot create this container, in its words: the task is rejected. Null if it can. */
export const rejectionOf = (spec: ContainerSpec, image: Image, resources: Resources): string | null => {
  for (const look of [mounts, environment, workingFolder, stopSignal, capabilities, hosts, command]) {
    const why = look(spec, image);
    if (why !== null) return why;
  }
  return cpus(resources);
};
