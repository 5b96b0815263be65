import { areVariablesSet, composeRefused, type Place } from "./compose-refused.js";
import type { Tree } from "./compose-tree.js";
import { protocolOf } from "./forms.js";
import { textOf } from "./read-tree.js";

export interface Port {
  readonly at: Place;
  readonly target: number;
  /** 0: whichever is free. */
  readonly published: number;
  readonly protocol: string;
  readonly mode: string;
}

const portsMax = 1_000;

const portOf = (text: string, at: Place): number => {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw composeRefused(at, "a port that is not a number up to 65535", areVariablesSet);
};

const rangeOf = (text: string, at: Place): { readonly from: number; readonly to: number } => {
  const [first = "", last = first, ...more] = text.split("-");
  const [from, to] = [portOf(first, at), portOf(last, at)];
  if (more.length > 0 || to < from) throw composeRefused(at, "a range of ports that ends before it begins");
  if (to - from >= portsMax) throw composeRefused(at, `more than ${portsMax} ports at once`);
  return { from, to };
};

/** `[[IP:]PUBLISHED:]TARGET[/PROTOCOL]`, both of which may be ranges. Swarm heeds no IP. */
const shortPorts = (spec: string, at: Place): readonly Port[] => {
  const fields = spec.split(":");
  const [target = "", protocol = "tcp"] = (fields.at(-1) ?? "").split("/", 2);
  const wanted = fields.length > 1 ? (fields.at(-2) ?? "") : "";
  const inside = rangeOf(target, at);
  const port = (to: number, published: number): Port => ({ at, target: to, published, protocol: protocol.toLowerCase() || "tcp", mode: "ingress" });
  const count = inside.to - inside.from + 1;
  if (wanted === "") return Array.from({ length: count }, (_, index) => port(inside.from + index, 0));
  const outside = rangeOf(wanted, at);
  const outsideCount = outside.to - outside.from + 1;
  if (count === 1) return Array.from({ length: outsideCount }, (_, index) => port(inside.from, outside.from + index));
  if (count !== outsideCount) throw composeRefused(at, "two ranges of ports that are not equally long");
  return Array.from({ length: count }, (_, index) => port(inside.from + index, outside.from + index));
};

/** The Swarm takes a mode that there is not for the first one, and heeds no capitals. */
export const portsOf = (tree: Tree): readonly Port[] => {
  if (tree.kind === "scalar") return shortPorts(textOf(tree), tree.at);
  if (tree.kind === "list") throw composeRefused(tree.at, "a port that is a list");
  const field = (name: string): string => textOf(tree.entries.get(name));
  const number = (name: string): number => (field(name) === "" ? 0 : portOf(field(name), tree.entries.get(name)?.at ?? tree.at));
  return [{ at: tree.at, target: number("target"), published: number("published"), protocol: protocolOf(field("protocol")), mode: field("mode").toLowerCase() === "host" ? "host" : "ingress" }];
};
