import { areVariablesSet, composeRefused, type Place } from "./compose-refused.js";
import type { Tree } from "./compose-tree.js";
import { isPath, mountFields } from "./mount-fields.js";
import { isTrue, textOf } from "./read-tree.js";

export interface Mount {
  readonly at: Place;
  /** bind, volume, tmpfs, npipe, cluster, or whatever the file says. */
  readonly type: string;
  /** For a bind the path as in the file, for a volume its name in the file. Empty: an anonymous volume. */
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
  /** The types for which the long form has options. */
  readonly optionsOf: readonly string[];
}

const typesWithOptions = ["volume", "bind", "tmpfs", "image", "cluster"];

/** Parses `[SOURCE:]TARGET[:OPTIONS]` like docker's client. */
const shortMount = (spec: string, at: Place): Mount => {
  if (spec === "") throw composeRefused(at, "an empty volume", areVariablesSet);
  if (spec.length <= 2) return { at, type: "volume", source: "", target: spec, readOnly: false, optionsOf: [] };
  const fields = mountFields(spec);
  if (fields.includes("")) throw composeRefused(at, "a volume of which one part is empty", areVariablesSet);
  if (fields.length > 3) throw composeRefused(at, "a volume with too many colons");
  const [first = "", second, options = ""] = fields;
  if (second === undefined) return { at, type: "volume", source: "", target: first, readOnly: false, optionsOf: [] };
  // Of `ro` and `rw` the last one counts; other options do not matter here.
  const readOnly = options.split(",").findLast((option) => option === "ro" || option === "rw") === "ro";
  return { at, type: isPath(first) ? "bind" : "volume", source: first, target: second, readOnly, optionsOf: [] };
};

export const mountOf = (tree: Tree): Mount => {
  if (tree.kind === "scalar") return shortMount(textOf(tree), tree.at);
  if (tree.kind === "list") throw composeRefused(tree.at, "a volume that is a list");
  const field = (name: string): string => textOf(tree.entries.get(name));
  const mount = {
    at: tree.at,
    type: field("type"),
    source: field("source"),
    target: field("target"),
    readOnly: isTrue(tree.entries.get("read_only")),
    optionsOf: typesWithOptions.filter((type) => tree.entries.get(type)?.kind === "map"),
  };
  if (mount.type === "bind" && mount.source === "") throw composeRefused(tree.at, "a bind mount without a source");
  return mount;
};
