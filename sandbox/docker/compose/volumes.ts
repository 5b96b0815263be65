import { isAbsolute, win32 } from "node:path";
import { isPath, mountFields } from "../../../src/effects/compose/mount-fields.js";
import { refuse } from "../refusal.js";
import { valueIn, type Variables } from "./interpolate.js";
import { inFolder } from "./paths.js";
import { isMap, type Yaml } from "./schema.js";

const propagations = new Set(["rprivate", "private", "rshared", "shared", "rslave", "slave"]);

const optionsOf = (text: string): Yaml =>
  text.split(",").reduce<Yaml>((all, option) => {
    if (option === "ro" || option === "rw") return { ...all, read_only: option === "ro" };
    if (option === "nocopy") return { ...all, volume: { nocopy: true } };
    return propagations.has(option) ? { ...all, bind: { propagation: option } } : all;
  }, {});

/** `target`, `source:target` or `source:target:options`, as the long form. */
const short = (text: string): Yaml => {
  if (text === "") return refuse("invalid empty volume spec");
  if (text.length <= 2) return { type: "volume", target: text };
  const [first = "", target, options, ...more] = mountFields(text);
  if ([first, target, options].includes("")) refuse(`invalid spec: ${text}: empty section between colons`);
  if (more.length > 0) refuse(`invalid spec: ${text}: too many colons`);
  if (target === undefined) return { type: "volume", target: first };
  return { type: isPath(first) ? "bind" : "volume", source: first, target, ...(options === undefined ? {} : optionsOf(options)) };
};

export const volumesOf = (value: unknown, folder: string, caller: Variables): readonly Yaml[] =>
  (Array.isArray(value) ? value : []).map((entry): Yaml => {
    const volume = isMap(entry) ? entry : short(String(entry));
    if (volume["type"] !== "bind") return volume;
    const source = String(volume["source"] ?? "");
    if (source === "") return refuse('invalid mount config for type "bind": field Source must not be empty');
    const path = source.startsWith("~") ? source.replace("~", () => valueIn(caller, "HOME") ?? "~") : source;
    return { ...volume, source: isAbsolute(path) || win32.isAbsolute(path) ? path : inFolder(folder, path) };
  });
