import * as v from "valibot";

const listOf = <Item extends v.GenericSchema>(item: Item, words: string) =>
  v.pipe(v.optional(v.array(item, "is not a list"), []), v.description(words));
const item = v.pipe(v.string("is not text"), v.nonEmpty("is empty"));
const port = v.pipe(
  v.number("is not a port"),
  v.integer("is not a port"),
  v.minValue(1, "is not a port"),
  v.maxValue(65_535, "is not a port"),
);

/** `allow:` of recipe.yml, item by item. */
export const allowSchema = v.strictObject({
  bind: listOf(
    v.pipe(v.string(), v.regex(/^[/.~]/, "is not a path: e.g. /etc/localtime:ro")),
    "Paths of the host that may be mounted; :ro behind it: only to be read.",
  ),
  ports: listOf(port, "Ports that may be published under their own number."),
  capabilities: listOf(v.pipe(v.string(), v.regex(/^[A-Z][A-Z_]*$/, "is not a capability like NET_ADMIN")), "cap_add."),
  devices: listOf(item, "devices."),
  sysctls: listOf(item, "Kernel settings."),
  host: listOf(
    v.pipe(v.string(), v.regex(/^\w+=./, "is not key=value like pid=host")),
    "Keys of a service that reach past its container, as key=value.",
  ),
  hosts: listOf(item, "Hosts beside the app's own that its labels may ask the proxy for."),
  drivers: listOf(item, "Drivers of volumes, networks, logs and secrets that leave the Swarm."),
  subnets: listOf(item, "Subnets that its networks may ask for."),
  networks: listOf(item, "External networks beside proxy."),
  volumes: listOf(item, "External volumes."),
  secrets: listOf(item, "External secrets."),
  configs: listOf(item, "External configs."),
});
