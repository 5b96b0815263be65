import { isIP } from "node:net";
import { protocols } from "./protocols.js";

interface PortRange {
  readonly from: number;
  readonly to: number;
}

/** The parts of `[[IP:]PUBLISHED:]TARGET[/PROTOCOL]`. */
interface PortSpec {
  readonly inside: PortRange;
  /** Null: any free port. */
  readonly outside: PortRange | null;
  readonly protocol: string;
}

/** Why a port is not valid. */
export interface NoPort {
  readonly wrong: string;
}

export const isNoPort = (found: PortSpec | PortRange | NoPort | null): found is NoPort => found !== null && "wrong" in found;

/** No meaningful port is longer. Each is parsed in linear time. */
const lengthMax = 1_000;

/** A port's number; null if it is not one up to 65535. */
export const portNumber = (text: string): number | null => (/^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : null);

export const noNumber: NoPort = { wrong: "a port that is not a number up to 65535" };

/** `80` or `80-90`. */
const rangeOf = (text: string): PortRange | NoPort => {
  const [first = "", last = first, ...more] = text.split("-");
  const [from, to] = [portNumber(first), portNumber(last)];
  if (from === null || to === null) return noNumber;
  if (more.length > 0) return { wrong: "a range of ports with more than two ends" };
  return to < from ? { wrong: "a range of ports that ends before it begins" } : { from, to };
};

const widthOf = ({ from, to }: PortRange): number => to - from;

const isAddress = (text: string): boolean => isIP(text.replace(/^\[(.*)\]$/, "$1")) !== 0 && !text.includes("%");

/** Parses a port's short form like docker's client (go-connections, nat). A Swarm ignores the address. */
export const portSpecOf = (text: string): PortSpec | NoPort => {
  if (text.length > lengthMax) return noNumber;
  const fields = text.split(":");
  const [target = "", protocol = ""] = (fields.at(-1) ?? "").split("/");
  const published = fields.length > 1 ? (fields.at(-2) ?? "") : "";
  const address = fields.slice(0, -2).join(":");
  const inside = rangeOf(target);
  const outside = published === "" ? null : rangeOf(published);
  if (isNoPort(inside)) return inside;
  if (isNoPort(outside)) return outside;
  if (outside !== null && widthOf(inside) !== 0 && widthOf(inside) !== widthOf(outside))
    return { wrong: "two ranges of ports that are not equally long" };
  if (address !== "" && !isAddress(address)) return { wrong: "a port after something that is no IP address" };
  if (protocol !== "" && !protocols.includes(protocol.toLowerCase()))
    return { wrong: `a port of a protocol that is none of ${protocols.join(", ")}` };
  return { inside, outside, protocol: protocol.toLowerCase() || "tcp" };
};

interface PortPair {
  readonly target: number;
  /** 0: any free port. */
  readonly published: number;
}

const numbersIn = ({ from, to }: PortRange): readonly number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index);

/** Each port that a short form stands for. If it has several host ports for one port inside, each of them. */
export const portPairs = ({ inside, outside }: PortSpec): readonly PortPair[] => {
  if (outside === null) return numbersIn(inside).map((target) => ({ target, published: 0 }));
  if (widthOf(inside) === 0) return numbersIn(outside).map((published) => ({ target: inside.from, published }));
  return numbersIn(inside).map((target, index) => ({ target, published: outside.from + index }));
};
