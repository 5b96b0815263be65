import { beyondSandbox } from "../../../src/effects/abra/beyond-sandbox.js";
import { labelsOf } from "../compose/pairs.js";
import { isMap, type Yaml } from "../compose/schema.js";
import { refuse } from "../refusal.js";
import type { Mount } from "../../engine/schema.js";
import { isExternal, nameOf, stackLabel } from "./names.js";

/** The types whose options a mount may have. */
const options = ["volume", "bind", "tmpfs", "image", "cluster"] as const;

const assertOptions = (entry: Yaml, type: string): void => {
  const other = options.find((one) => one !== type && isMap(entry[one]));
  if (other !== undefined) refuse(`${other} options are incompatible with type ${type}`);
};

const volume = (stack: string, entry: Yaml, declared: Readonly<Record<string, Yaml>>): Mount => {
  const common = {
    Type: "volume" as const,
    Target: String(entry["target"] ?? ""),
    ...(entry["read_only"] === true ? { ReadOnly: true } : {}),
  };
  const source = String(entry["source"] ?? "");
  if (source === "") return common;
  const thing = Object.hasOwn(declared, source) ? declared[source] : undefined;
  if (thing === undefined) return refuse(`undefined volume "${source}"`);
  const Source = nameOf(stack, source, thing);
  const own = isMap(entry["volume"]) ? entry["volume"] : {};
  const asked = {
    ...(own["nocopy"] === true ? { NoCopy: true } : {}),
    ...(typeof own["subpath"] === "string" ? { Subpath: own["subpath"] } : {}),
  };
  if (isExternal(thing)) return { ...common, Source, ...(Object.keys(asked).length === 0 ? {} : { VolumeOptions: asked }) };
  const driverOptions = labelsOf(thing["driver_opts"]);
  if ((thing["driver"] !== undefined && thing["driver"] !== "local") || Object.keys(driverOptions).length > 0) {
    refuse(beyondSandbox(`volumes with a driver or driver_opts ("${source}")`));
  }
  const driver = thing["driver"] === undefined ? {} : { DriverConfig: { Name: "local" } };
  return { ...common, Source, VolumeOptions: { ...asked, Labels: { ...labelsOf(thing["labels"]), [stackLabel]: stack }, ...driver } };
};

const mount = (stack: string, entry: Yaml, declared: Readonly<Record<string, Yaml>>): Mount => {
  const type = String(entry["type"] ?? "") || "volume";
  assertOptions(entry, type);
  if (type === "volume") return volume(stack, entry, declared);
  const source = String(entry["source"] ?? "");
  const common = { Target: String(entry["target"] ?? ""), ...(entry["read_only"] === true ? { ReadOnly: true } : {}) };
  if (type === "tmpfs") {
    if (source !== "") refuse("invalid tmpfs source, source must be empty");
    const { size } = isMap(entry["tmpfs"]) ? entry["tmpfs"] : {};
    return { ...common, Type: "tmpfs", ...(isMap(entry["tmpfs"]) ? { TmpfsOptions: { SizeBytes: Number(size ?? 0) } } : {}) };
  }
  if (type === "npipe" || type === "cluster" || type === "image") return refuse(beyondSandbox(`mounts of the type ${type}`));
  if (type !== "bind") return refuse("volume type must be volume, bind, tmpfs, npipe, or cluster");
  const { propagation } = isMap(entry["bind"]) ? entry["bind"] : {};
  return {
    ...common,
    Type: "bind",
    Source: source,
    ...(typeof propagation === "string" ? { BindOptions: { Propagation: propagation } } : {}),
  };
};

/** A service's mounts: named and anonymous volumes, binds, tmpfs. Its key `tmpfs` is accepted and ignored. */
export const mountsOf = (stack: string, service: Yaml, declared: Readonly<Record<string, Yaml>>): readonly Mount[] =>
  (Array.isArray(service["volumes"]) ? service["volumes"] : []).map((entry: unknown) => mount(stack, isMap(entry) ? entry : {}, declared));
