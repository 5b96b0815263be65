import type { Allow } from "../../machines/allow.js";
import { inTheirPlaces } from "../compose/compose-refused.js";
import type { Mount } from "../compose/mounts.js";
import type { ComposeObject } from "../compose/compose-objects.js";
import { mapIn, textOf } from "../compose/read-tree.js";
import type { Finding } from "./finding.js";
import { isEngineSocket, pathAllowed, plainPath } from "./host-paths.js";

/** The finding for a path that is not allowed. `isPath`: what recipe.yml accepts as a path. A volume's device cannot be relative. */
const pathFinding = (at: Finding["at"], who: string, path: string, readOnly: boolean, isPath = /^[/.~]/): Finding => ({
  at,
  what: isEngineSocket(path)
    ? `${who} mounts ${path}: whoever has that socket is root on this host`
    : `${who} mounts ${path || "a path that is empty"} of the host`,
  ...(isPath.test(path)
    ? { allow: { key: "bind", item: `${plainPath(path)}${readOnly ? ":ro" : ""}` } }
    : { allow: null, instead: `That is no path of a Linux host: are its variables set, ${inTheirPlaces}?` }),
});

/** Volumes and tmpfs belong to the run. A path of the host does not, and an unknown type is refused. */
export const mountFindings = (service: string, mounts: readonly Mount[], allow: Allow): readonly Finding[] =>
  mounts.flatMap(({ at, type, source, readOnly }) => {
    if (type === "bind")
      return pathAllowed(allow.bind, source, readOnly) ? [] : [pathFinding(at, `the service ${service}`, source, readOnly)];
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

/** What the driver `local` passes to mount(2): with `device` and `o: bind` any path of the host, with nfs or cifs another machine. */
export const volumeFindings = ({ key, at, entries }: ComposeObject, allow: Allow): readonly Finding[] => {
  const driver = textOf(entries.get("driver"));
  const who = `the volume ${key}`;
  if (driver !== "" && driver !== "local")
    return allow.drivers.includes(driver)
      ? []
      : [
          {
            at,
            what: `${who} is made by the driver ${driver}, and what that reaches is not known here`,
            allow: { key: "drivers", item: driver },
          },
        ];
  const options = mapIn(entries.get("driver_opts"), "driver_opts");
  const [type, device] = [textOf(options.get("type")), textOf(options.get("device"))];
  const flags = textOf(options.get("o"))
    .split(",")
    .map((flag) => flag.trim())
    .filter((flag) => flag !== "");
  if (options.size === 0) return [];
  // The driver mounts something if either `type` or `device` is set.
  if (
    type === "" &&
    device === "" &&
    flags.length === 0 &&
    [...options.keys()].every((name) => ["type", "device", "o", "size"].includes(name))
  )
    return [];
  const others = [...options.keys()].filter((name) => !["type", "device", "o"].includes(name));
  if (type === "tmpfs" && others.length === 0 && flags.every((flag) => harmlessOptions.test(flag))) return [];
  const place = options.get("device")?.at ?? options.values().next().value?.at ?? at;
  const isBind = flags.some((flag) => flag === "bind" || flag === "rbind");
  const readOnly = flags.includes("ro");
  const kind = type === "" || type === "none" ? "bind" : type;
  if (isBind || kind === "bind")
    return pathAllowed(allow.bind, device, readOnly) && device.startsWith("/") ? [] : [pathFinding(place, who, device, readOnly, /^\//)];
  return allow.drivers.includes(kind)
    ? []
    : [{ at: place, what: `${who} mounts a file system of the type ${kind}`, allow: { key: "drivers", item: kind } }];
};
