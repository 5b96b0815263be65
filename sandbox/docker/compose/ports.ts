import { portRange } from "../../../src/effects/compose/forms.js";
import { isMap, type Yaml } from "./schema.js";

/** A short one of `[[IP:]PUBLISHED:]TARGET[/PROTOCOL]` as the long ones that it stands for; of several of the host for one inside, each. */
const short = (text: string): readonly Yaml[] => {
  const fields = text.split(":");
  const [numbers = "", protocol = ""] = (fields.at(-1) ?? "").split("/");
  const inside = portRange(numbers) ?? [0, 0];
  const outside = portRange(fields.length > 1 ? (fields.at(-2) ?? "") : "") ?? null;
  const port = (target: number, published: number): Yaml => ({ target, published, protocol: protocol.toLowerCase() || "tcp", mode: "ingress" });
  const upTo = ([from, to]: readonly [number, number]): readonly number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index);
  if (outside === null) return upTo(inside).map((target) => port(target, 0));
  if (inside[0] === inside[1]) return upTo(outside).map((published) => port(inside[0], published));
  return upTo(inside).map((target, index) => port(target, outside[0] + index));
};

export const portsOf = (value: unknown): readonly Yaml[] => (Array.isArray(value) ? value.flatMap((port) => (isMap(port) ? [port] : short(String(port)))) : []);
