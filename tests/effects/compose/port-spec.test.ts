import { expect, test } from "vitest";
import { isNoPort, portPairs, portSpecOf } from "../../../src/effects/compose/port-spec.js";

/** What a short form stands for: the port inside, that of the host, the protocol. */
const pairsOf = (text: string): unknown => {
  const spec = portSpecOf(text);
  return isNoPort(spec) ? spec.wrong : portPairs(spec).map(({ target, published }) => `${published}:${target}/${spec.protocol}`);
};

/** Short forms as docker's client parses them. */
test.each<readonly [string, readonly string[]]>([
  ["80", ["0:80/tcp"]],
  ["8080:80/UDP", ["8080:80/udp"]],
  ["127.0.0.1::80", ["0:80/tcp"]],
  ["[::1]:81:80/", ["81:80/tcp"]],
  ["80-81", ["0:80/tcp", "0:81/tcp"]],
  ["90-91:80-81", ["90:80/tcp", "91:81/tcp"]],
  ["90-91:80", ["90:80/tcp", "91:80/tcp"]],
])("the port %s is accepted", (text, pairs) => expect(pairsOf(text)).toEqual(pairs));

test.each([
  ["", "a port that is not a number up to 65535"],
  ["65536", "a port that is not a number up to 65535"],
  ["x:80", "a port that is not a number up to 65535"],
  ["81-80", "a range of ports that ends before it begins"],
  ["80-81-82", "a range of ports with more than two ends"],
  ["90-92:80-81", "two ranges of ports that are not equally long"],
  ["localhost:80:80", "a port after something that is no IP address"],
  ["fe80::1%eth0:80:80", "a port after something that is no IP address"],
  ["80/http", "a port of a protocol that is none of tcp, udp, sctp"],
  [`${":".repeat(2_000)}80`, "a port that is not a number up to 65535"],
])("the port %j is refused as %s", (text, wrong) => expect(pairsOf(text)).toBe(wrong));
