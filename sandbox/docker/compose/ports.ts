import { isNoPort, portPairs, portSpecOf } from "../../../src/effects/compose/port-spec.js";
import { refuse } from "../refusal.js";
import { isMap, type Yaml } from "./schema.js";

/** A short form as the long forms that it stands for. */
const short = (text: string): readonly Yaml[] => {
  const spec = portSpecOf(text);
  if (isNoPort(spec)) return refuse(`${spec.wrong}: ${text}`);
  return portPairs(spec).map((pair) => ({ ...pair, protocol: spec.protocol, mode: "ingress" }));
};

export const portsOf = (value: unknown): readonly Yaml[] =>
  Array.isArray(value) ? value.flatMap((port) => (isMap(port) ? [port] : short(String(port)))) : [];
