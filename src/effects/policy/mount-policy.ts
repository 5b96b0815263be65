import type { Allow } from "../../machines/allow.js";
import { inTheirPlaces } from "../compose/compose-refused.js";
import type { Mount } from "../compose/mounts.js";
import type { ComposeObject } from "../compose/compose-objects.js";
import { mapIn, textOf } from "../compose/read-tree.js";
import type { Finding } from "./finding.js";
import { isEngineSocket, pathAllowed, plainPath } from "./host-paths.js";

/** A path of the host, as a service or a volume mounts it. */
type HostPath = Pick<Mount, "at" | "source" | "readOnly">;

/** The finding for a path that is not allowed. `isPath`: what recipe.yml accepts as a path. A volume's device cannot be relative. */
const pathFinding = (who: string, { at, source, readOnly }: HostPath, isPath = /^[/.~]/): Finding => ({
  at,
  what: isEngineSocket(source)
    ? `${who} mounts ${source}: whoever has that socket is root on this host`
    : `${who} mounts ${source || "a path that is empty"} of the host`,
  ...(isPath.test(source)
    ? { allow: { key: "bind", item: `${plainPath(source)}${readOnly ? ":ro" : ""}` } }
    : { allow: null, instead: `That is no path of a Linux host: are its variables set, ${inTheirPlaces}?` }),
});

/** Volumes and tmpfs belong to the run. A path of the host does not, and an unknown type is refused. */
export const mountFindings = (service: string, mounts: readonly Mount[], allow: Allow): readonly Finding[] =>
  mounts.flatMap((mount) => {
    const { at, type, source, readOnly } = mount;
    if (type === "bind") return pathAllowed(allow.bind, source, readOnly) ? [] : [pathFinding(`the service ${service}`, mount)];
    if (type === "volume" || type === "tmpfs") return [];
    return [
      {
        at,
        what: `the service ${service} has a mount of the type ${JSON.stringify(type.slice(0, 40))}, which is not known here`,
        allow: null,
      },
    ];
  });

/** Options of a tmpfs that change only its size and owner. `bind` would mount a path after all. */
const harmlessOptions =
  /^(?:size|mode|uid|gid|nr_inodes|nr_blocks|huge|mpol)=|^(?:ro|rw|noexec|exec|nosuid|suid|nodev|noatime|nodiratime|relatime|strictatime)$/;

/** What a volume has the driver `local` mount: with `device` and `o: bind` any path of the host, with nfs or cifs another machine. */
interface LocalMount {
  readonly at: Finding["at"];
  readonly type: string;
  readonly device: string;
  /** The words in `o`. */
  readonly flags: readonly string[];
  /** The names of all other options. */
  readonly others: readonly string[];
}

/** Null if the driver mounts nothing, so that the volume is a folder of its own: no option is set, or only `size`. */
const localMountOf = ({ at, entries }: ComposeObject): LocalMount | null => {
  const options = mapIn(entries.get("driver_opts"), "driver_opts");
  const [type, device] = [textOf(options.get("type")), textOf(options.get("device"))];
  const flags = textOf(options.get("o"))
    .split(",")
    .map((flag) => flag.trim())
    .filter((flag) => flag !== "");
  const others = [...options.keys()].filter((name) => !["type", "device", "o"].includes(name));
  if (type === "" && device === "" && flags.length === 0 && others.every((name) => name === "size")) return null;
  return { at: options.get("device")?.at ?? options.values().next().value?.at ?? at, type, device, flags, others };
};

const isPlainTmpfs = ({ type, flags, others }: LocalMount): boolean =>
  type === "tmpfs" && others.length === 0 && flags.every((flag) => harmlessOptions.test(flag));

const localMountFindings = (who: string, { at, type, device, flags }: LocalMount, allow: Allow): readonly Finding[] => {
  if (["", "none", "bind"].includes(type) || flags.includes("bind") || flags.includes("rbind")) {
    const readOnly = flags.includes("ro");
    const isAllowed = device.startsWith("/") && pathAllowed(allow.bind, device, readOnly);
    return isAllowed ? [] : [pathFinding(who, { at, source: device, readOnly }, /^\//)];
  }
  return allow.drivers.includes(type)
    ? []
    : [{ at, what: `${who} mounts a file system of the type ${type}`, allow: { key: "drivers", item: type } }];
};

/** What a volume reaches that is not the run's own: through another driver, or mounted by the driver `local`. */
export const volumeFindings = (volume: ComposeObject, allow: Allow): readonly Finding[] => {
  const driver = textOf(volume.entries.get("driver"));
  const who = `the volume ${volume.key}`;
  if (driver === "" || driver === "local") {
    const mount = localMountOf(volume);
    return mount === null || isPlainTmpfs(mount) ? [] : localMountFindings(who, mount, allow);
  }
  if (allow.drivers.includes(driver)) return [];
  return [
    {
      at: volume.at,
      what: `${who} is made by the driver ${driver}, and what that reaches is not known here`,
      allow: { key: "drivers", item: driver },
    },
  ];
};
