import { homedir } from "node:os";
import { resolve } from "node:path";
import { labelsOf } from "../compose/load.js";
import { isMap, type Yaml } from "../compose/schema.js";
import { refuse } from "../refusal.js";
import type { Mount } from "../../engine/schema.js";
import { isExternal, nameOf, stackLabel } from "./names.js";

interface Wanted {
  readonly type: string;
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

const isPath = (source: string): boolean => /^[./~]/.test(source);

/** `target`, `source:target` or `source:target:mode`. */
const short = (text: string, folder: string): Wanted => {
  const [first = "", second, mode = ""] = text.split(":");
  if (second === undefined) return { type: "volume", source: "", target: first, readOnly: false };
  const isBind = isPath(first);
  const source = isBind ? resolve(folder, first.replace(/^~(?=\/|$)/, homedir())) : first;
  return { type: isBind ? "bind" : "volume", source, target: second, readOnly: mode.split(",").includes("ro") };
};

const long = (entry: Yaml, folder: string): Wanted => {
  const source = typeof entry["source"] === "string" ? entry["source"] : "";
  return { type: String(entry["type"]), source: entry["type"] === "bind" ? resolve(folder, source) : source, target: String(entry["target"]), readOnly: entry["read_only"] === true };
};

const volume = (stack: string, wanted: Wanted, declared: Readonly<Record<string, Yaml>>): Mount => {
  const common = { Type: "volume" as const, Target: wanted.target, ...(wanted.readOnly ? { ReadOnly: true } : {}) };
  if (wanted.source === "") return common;
  const thing = declared[wanted.source];
  if (thing === undefined) return refuse(`undefined volume "${wanted.source}"`);
  const Source = nameOf(stack, wanted.source, thing);
  if (isExternal(thing)) return { ...common, Source };
  const options = thing["driver_opts"];
  if ((thing["driver"] !== undefined && thing["driver"] !== "local") || (isMap(options) && Object.keys(options).length > 0)) {
    refuse(`the sandbox does not know volumes with a driver or driver_opts ("${wanted.source}"); use a Swarm for it`);
  }
  return { ...common, Source, VolumeOptions: { Labels: { ...labelsOf(thing["labels"]), [stackLabel]: stack } } };
};

/** A service's mounts: named and nameless volumes, binds, tmpfs. */
export const mountsOf = (stack: string, service: Yaml, declared: Readonly<Record<string, Yaml>>): readonly Mount[] => {
  const folder = typeof service["x-folder"] === "string" ? service["x-folder"] : "/";
  const entries: readonly unknown[] = Array.isArray(service["volumes"]) ? service["volumes"] : [];
  const tmpfs = service["tmpfs"];
  const temporary = Array.isArray(tmpfs) ? tmpfs.map(String) : typeof tmpfs === "string" ? [tmpfs] : [];
  return [
    ...entries.map((entry): Mount => {
      const wanted = isMap(entry) ? long(entry, folder) : short(String(entry), folder);
      if (wanted.type === "volume") return volume(stack, wanted, declared);
      const common = { Target: wanted.target, ...(wanted.readOnly ? { ReadOnly: true } : {}) };
      if (wanted.type === "bind") return { ...common, Type: "bind", Source: wanted.source };
      return wanted.type === "tmpfs" ? { ...common, Type: "tmpfs" } : refuse(`volume type must be volume, bind, tmpfs, npipe, or cluster`);
    }),
    ...temporary.map((path): Mount => ({ Type: "tmpfs", Target: path.split(":")[0] ?? path })),
  ];
};
