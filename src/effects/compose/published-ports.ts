import { areVariablesSet, composeRefused, type Place } from "./compose-refused.js";
import type { Tree } from "./compose-tree.js";
import { isNoPort, noNumber, portNumber, portPairs, portSpecOf, type NoPort } from "./port-spec.js";
import { protocolOf } from "./protocols.js";
import { textOf } from "./read-tree.js";

export interface Port {
  readonly at: Place;
  readonly target: number;
  /** 0: any free port. */
  readonly published: number;
  readonly protocol: string;
  readonly mode: string;
}

/** How many ports one short form may have: from there on each is a port of its own. */
const portsMax = 1_000;

const allPortsMax = 10_000;

/** How many more ports the files may have: with aliases, a short file can put a long range into thousands of services. */
export interface PortRoom {
  left: number;
}

export const portRoom = (): PortRoom => ({ left: allPortsMax });

const refused = ({ wrong }: NoPort, at: Place): Error => composeRefused(at, wrong, areVariablesSet);

const shortPorts = (text: string, at: Place, room: PortRoom): readonly Port[] => {
  const spec = portSpecOf(text);
  if (isNoPort(spec)) throw refused(spec, at);
  const { inside, outside, protocol } = spec;
  const count = Math.max(...[inside, outside ?? inside].map(({ from, to }) => to - from + 1));
  if (count > portsMax) throw composeRefused(at, `more than ${portsMax} ports at once`);
  room.left -= count;
  if (room.left < 0) throw composeRefused(at, `more than ${allPortsMax} ports in all services together`);
  return portPairs(spec).map((pair) => ({ at, ...pair, protocol, mode: "ingress" }));
};

const numberOf = (text: string, at: Place): number => {
  const port = text === "" ? 0 : portNumber(text);
  if (port === null) throw refused(noNumber, at);
  return port;
};

/** The ports of one entry. The Swarm ignores the case of a mode and takes an unknown one for the first. */
export const portsOf = (tree: Tree, room: PortRoom): readonly Port[] => {
  if (tree.kind === "scalar") return shortPorts(textOf(tree), tree.at, room);
  if (tree.kind === "list") throw composeRefused(tree.at, "a port that is a list");
  const field = (name: string): string => textOf(tree.entries.get(name));
  const number = (name: string): number => numberOf(field(name), tree.entries.get(name)?.at ?? tree.at);
  return [
    {
      at: tree.at,
      target: number("target"),
      published: number("published"),
      protocol: protocolOf(field("protocol")),
      mode: field("mode").toLowerCase() === "host" ? "host" : "ingress",
    },
  ];
};
