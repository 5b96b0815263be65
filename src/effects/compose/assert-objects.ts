import { nounOf, type ComposeObject } from "./compose-objects.js";
import { composeRefused } from "./compose-refused.js";
import { usedKeys } from "./object-uses.js";
import { entriesOf, isSomething, textOf } from "./read-tree.js";
import type { Compose } from "./resolve-compose.js";

/** What the client refuses beside `external`: it makes nothing of such a thing, so nothing can be said of it. */
const assertExternal = ({ kind, key, entries }: ComposeObject): void => {
  const old = textOf(entriesOf(entries.get("external")).get("name"));
  const name = entries.get("name");
  if (name !== undefined && old !== "" && textOf(name) !== "") throw composeRefused(name.at, `the ${nounOf(kind)} ${key} has two names`, "Leave `external.name` out: it is the old way to say `name`.");
  const said = kind !== "volumes" ? undefined : ["driver", "driver_opts", "labels"].map((one) => entries.get(one)).find(isSomething);
  if (said !== undefined) throw composeRefused(said.at, `the volume ${key} is external, and has a driver, options or labels`, "Take them out: docker does not make the volume.");
};

/** A secret or config comes out of a file, or out of a driver. */
const assertKept = ({ kind, key, at, entries }: ComposeObject): void => {
  const [file, driver] = [entries.get("file"), entries.get("driver")].map(isSomething);
  if (file === false && driver === false) throw composeRefused(at, `the ${nounOf(kind)} ${key} names no file, and is not external`);
  if (file === true && driver === true) throw composeRefused(entries.get("driver")?.at ?? at, `the ${nounOf(kind)} ${key} has a file and a driver`, "Take one of the two out.");
};

/** Docker's own that reach no further than one node; of others nobody knows. */
const nodeDrivers: ReadonlySet<string> = new Set(["bridge", "host", "null", "macvlan", "ipvlan"]);

/** A network that only one node has is made, and then no service may be on it. */
const assertNetwork = ({ key, at, external, name, entries }: ComposeObject): void => {
  const driver = entries.get("driver");
  if (!external && nodeDrivers.has(textOf(driver))) throw composeRefused(driver?.at ?? at, `the network ${key} is made by the driver ${textOf(driver)}, and a Swarm's services are not taken on such a network`, "Leave the driver out: docker stack deploy makes it an overlay.");
  if (external && name === "ingress") throw composeRefused(entries.get("name")?.at ?? at, `the network ${key} is the Swarm's own ingress, on which no service is taken`, "Ports that are published are on it by themselves: take it out.");
};

/** Throws `compose-refused` for a network, volume, secret or config that docker's client or the Swarm refuses. */
export const assertObjects = (compose: Compose): void => {
  const used = usedKeys(compose);
  for (const object of compose.objects) {
    const { kind, key, external } = object;
    if (external) assertExternal(object);
    if (kind === "networks" && used.networks.has(key)) assertNetwork(object);
    if ((kind === "secrets" || kind === "configs") && !external) assertKept(object);
  }
};
