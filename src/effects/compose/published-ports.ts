import { areVariablesSet, composeRefused, type Place } from "./compose-refused.js";
import type { Tree } from "./compose-tree.js";
import { isNoPort, noNumber, portNumber, portPairs, portSpecOf, type NoPort } from "./port-spec.js";
import { protocolOf } from "./protocols.js";
import { textOf } from "./read-tree.js";

export interface Port {
  readonly at: Place;
  readonly target: number;
  /** 0: whichever is free. */
  readonly published: number;
  readonly protocol: string;
  readonly mode: string;
}

/** In one short form: each is a port of its own from there on. */
const portsMax = 1_000;

const refused = ({ wrong }: NoPort, at: Place): Error => composeRefused(at, wrong, areVariablesSet);

const shortPorts = (text: string, at: Place): readonly Port[] => {
  const spec = portSpecOf(text);
  if (isNoPort(spec)) throw refused(spec, at);
  const { inside, outside, protocol } = spec;
  if ([inside, outside ?? inside].some(({ from, to }) => to - from >= portsMax)) throw composeRefused(at, `more than ${portsMax} ports at once`);
  return portPairs(spec).map((pair) => ({ at, ...pair, protocol, mode: "ingress" }));
};

const numberOf = (text: string, at: Place): number => {
  const port = text === "" ? 0 : portNumber(text);
  if (port === null) throw refused(noNumber, at);
  return port;
};

/** The Swarm takes a mode that there is not for the first one, and heeds no capitals. */
export const portsOf = (tree: Tree): readonly Port[] => {
  if (tree.kind === "scalar") return shortPorts(textOf(tree), tree.at);
  if (tree.kind === "list") throw composeRefused(tree.at, "a port that is a list");
  const field = (name: string): string => textOf(tree.entries.get(name));
  const number = (name: string): number => numberOf(field(name), tree.entries.get(name)?.at ?? tree.at);
  return [{ at: tree.at, target: number("target"), published: number("published"), protocol: protocolOf(field("protocol")), mode: field("mode").toLowerCase() === "host" ? "host" : "ingress" }];
};
