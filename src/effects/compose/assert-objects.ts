import { nounOf, type ComposeObject } from "./compose-objects.js";
import { composeRefused } from "./compose-refused.js";
import type { ComposeService } from "./compose-service.js";
import { usedKeys } from "./object-uses.js";
import { onNoNode } from "./own-networks.js";
import { entriesOf, isSomething, textOf } from "./read-tree.js";
import type { Compose } from "./resolve-compose.js";

/** Checks for keys that the client refuses together with `external`: it does not create such an object, so they would mean nothing. */
const assertExternal = ({ kind, key, entries }: ComposeObject): void => {
  const old = textOf(entriesOf(entries.get("external")).get("name"));
  const name = entries.get("name");
  if (name !== undefined && old !== "" && textOf(name) !== "")
    throw composeRefused(
      name.at,
      `the ${nounOf(kind)} ${key} has two names`,
      "Leave `external.name` out: it is the old way to say `name`.",
    );
  const said = kind !== "volumes" ? undefined : ["driver", "driver_opts", "labels"].map((one) => entries.get(one)).find(isSomething);
  if (said !== undefined)
    throw composeRefused(
      said.at,
      `the volume ${key} is external, and has a driver, options or labels`,
      "Take them out: docker does not make the volume.",
    );
};

/** Checks that a secret or config comes from a file or a driver. */
const assertKept = ({ kind, key, at, entries }: ComposeObject): void => {
  const [file, driver] = [entries.get("file"), entries.get("driver")].map(isSomething);
  if (file === false && driver === false) throw composeRefused(at, `the ${nounOf(kind)} ${key} names no file, and is not external`);
  if (file === true && driver === true)
    throw composeRefused(entries.get("driver")?.at ?? at, `the ${nounOf(kind)} ${key} has a file and a driver`, "Take one of the two out.");
};

/** Docker's own drivers for networks that exist on one node only. Of others it is not known. */
const nodeDrivers: ReadonlySet<string> = new Set(["bridge", "host", "null", "macvlan", "ipvlan"]);

/** The `driver_opts` that the driver `local` knows, and which others each of them needs (moby, daemon/volume/local). */
const localOptions: Readonly<Record<string, readonly string[]>> = { type: ["device"], o: ["device", "type"], device: ["type"], size: [] };

const assertLocalVolume = ({ key, entries }: ComposeObject): void => {
  const options = entriesOf(entries.get("driver_opts"));
  for (const [option, tree] of options) {
    const needs = Object.hasOwn(localOptions, option) ? localOptions[option] : undefined;
    if (needs === undefined)
      throw composeRefused(
        tree.at,
        `the volume ${key} has the option ${JSON.stringify(option.slice(0, 40))}, which the driver local does not know: no task that uses it would start`,
        `It knows ${Object.keys(localOptions).join(", ")}.`,
      );
    const missing = needs.find((one) => !options.has(one));
    if (missing !== undefined)
      throw composeRefused(
        tree.at,
        `the volume ${key} has the option ${option} without ${missing}: no task that uses it would start`,
        "The driver local takes type, o and device together.",
      );
  }
};

/** Checks for a network that only one node would have: it would be created, but no service could use it. */
const assertNetwork = ({ key, at, external, name, entries }: ComposeObject): void => {
  const driver = entries.get("driver");
  if (!external && nodeDrivers.has(textOf(driver)))
    throw composeRefused(
      driver?.at ?? at,
      `the network ${key} is made by the driver ${textOf(driver)}, and a Swarm's services are not taken on such a network`,
      "Leave the driver out: docker stack deploy makes it an overlay.",
    );
  if (external && onNoNode.has(name))
    throw composeRefused(
      entries.get("name")?.at ?? at,
      `the network ${key} is called ${name}, and the Swarm takes no service on it`,
      "Name one that was made for the Swarm, or leave `networks` out: docker then makes one.",
    );
  if (external && name === "ingress")
    throw composeRefused(
      entries.get("name")?.at ?? at,
      `the network ${key} is the Swarm's own ingress, on which no service is taken`,
      "Ports that are published are on it by themselves: take it out.",
    );
};

/** Checks that a service on the host's network is on no other; the mesh of published ports counts as another. */
const assertHostNetwork = ({ name, networks, ports }: ComposeService, byKey: ReadonlyMap<string, ComposeObject>): void => {
  const host = networks.find((use) => byKey.get(use.name)?.name === "host" && byKey.get(use.name)?.external === true);
  if (host === undefined) return;
  const port = ports.find(({ mode }) => mode !== "host");
  if (networks.length > 1)
    throw composeRefused(
      host.at,
      `the service ${name} is on the host's network and on another: no task of it would start`,
      "Take one of the two out.",
    );
  if (port !== undefined)
    throw composeRefused(
      port.at,
      `the service ${name} is on the host's network and publishes a port in the mesh: no task of it would start`,
      "Take the port out: on the host's network the app listens on the host itself.",
    );
};

/** Throws `compose-refused` for a network, volume, secret or config that docker's client or the Swarm would refuse. */
export const assertObjects = (compose: Compose): void => {
  const used = usedKeys(compose);
  const networks = new Map(compose.objects.flatMap((object) => (object.kind === "networks" ? [[object.key, object] as const] : [])));
  for (const service of compose.services) assertHostNetwork(service, networks);
  for (const object of compose.objects) {
    const { kind, key, external } = object;
    if (external) assertExternal(object);
    if (kind === "networks" && used.networks.has(key)) assertNetwork(object);
    if (kind === "volumes" && !external && used.volumes.has(key) && ["", "local"].includes(textOf(object.entries.get("driver"))))
      assertLocalVolume(object);
    if ((kind === "secrets" || kind === "configs") && !external) assertKept(object);
  }
};
