import { refuse, refuseUnknown } from "../refusal.js";
import type { Labels, NetworkDocument } from "../schema.js";
import { assertName } from "../swarm/spec-rules.js";
import { builtInNetworks as builtIn, gateway } from "../world/built-in-networks.js";
import { newId, now } from "../world/place.js";
import { hasId, hasLabels, hasName, isOneOf, parseFilters } from "./filters.js";
import { created, done, ok, type Ask, type Route } from "./route.js";

const document = ({ engine: { world } }: Ask, network: NetworkDocument): object => {
  const { doomed: _, ...shown } = network;
  const member = (name: string, address: string): object => ({
    Name: name,
    EndpointID: "",
    MacAddress: "",
    IPv4Address: `${address}/8`,
    IPv6Address: "",
  });
  const on: readonly (readonly [string, object])[] =
    network.Name === gateway
      ? world.bridge.addresses().map(([id, address]) => [id, member(`gateway_${id.slice(0, 12)}`, address)])
      : world.containersOn(network.Id).map(({ id, name }) => [id, member(name, "127.0.0.1")]);
  const Containers = Object.fromEntries(on);
  return {
    ...shown,
    EnableIPv6: false,
    IPAM: { Driver: "default", Options: null, Config: [] },
    Ingress: network.Name === "ingress",
    ConfigFrom: { Network: "" },
    ConfigOnly: false,
    Containers,
  };
};

const find = ({ engine: { world }, of }: Ask): NetworkDocument =>
  world.findNetwork(of("id")) ?? refuse(404, `network ${of("id")} not found`);

export const networkRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/networks",
    words: ["network ls"],
    answer: (ask) => {
      const filters = parseFilters(ask.query, ["driver", "name", "id", "label"], ["type", "scope", "dangling"]);
      const all = [...ask.engine.world.networks.all(), ...builtIn];
      const found = all.filter(
        (network) =>
          hasLabels(network.Labels, filters.of("label")) &&
          hasName(network.Name, filters.of("name")) &&
          hasId(network.Id, filters.of("id")) &&
          isOneOf(network.Driver, filters.of("driver")),
      );
      return ok(found.map((network) => document(ask, network)));
    },
  },
  {
    method: "POST",
    path: "/networks/create",
    words: ["network create"],
    answer: ({ engine: { world }, body }) => {
      const name = String(body["Name"] ?? "");
      const driver = String(body["Driver"] ?? "bridge");
      if (name === "") refuse(400, "network name cannot be empty");
      if (driver === "overlay") assertName(name);
      if (!["overlay", "bridge"].includes(driver)) refuseUnknown(`networks of the driver ${driver}`);
      const { Driver: addresses = "default" } = (body["IPAM"] ?? {}) as { readonly Driver?: string };
      if (addresses !== "default") refuseUnknown(`networks whose addresses come from the driver ${addresses}`);
      if (world.networks.has(name) || builtIn.some(({ Name }) => Name === name)) refuse(409, `network with name ${name} already exists`);
      const network: NetworkDocument = {
        Name: name,
        Id: newId(),
        Created: now(),
        Scope: driver === "overlay" ? "swarm" : "local",
        Driver: driver,
        Attachable: body["Attachable"] === true,
        Internal: body["Internal"] === true,
        Labels: (body["Labels"] as Labels | null | undefined) ?? {},
        Options: (body["Options"] as Labels | null | undefined) ?? {},
      };
      world.networks.put(network);
      world.bulletin.say("network", "create", network.Id, { name, type: driver }, "swarm");
      return created({ Id: network.Id, Warning: "" });
    },
  },
  { method: "GET", path: "/networks/:id", words: ["network inspect"], answer: (ask) => ok(document(ask, find(ask))) },
  {
    method: "DELETE",
    path: "/networks/:id",
    words: ["network rm"],
    answer: (ask) => {
      const network = find(ask);
      const { world } = ask.engine;
      if (builtIn.includes(network)) refuse(403, `${network.Name} is a pre-defined network and cannot be removed`);
      if (network.doomed === true) refuse(404, `network ${network.Id} not found`);
      const user = world.services.all().find(({ Spec }) => (Spec.TaskTemplate.Networks ?? []).some(({ Target }) => Target === network.Id));
      if (user !== undefined)
        refuse(400, `rpc error: code = FailedPrecondition desc = network ${network.Id} is in use by service ${user.ID}`);
      world.networks.put({ ...network, doomed: true });
      world.tidyNetworks();
      world.bulletin.say("network", "remove", network.Id, { name: network.Name }, "swarm");
      return done;
    },
  },
];
