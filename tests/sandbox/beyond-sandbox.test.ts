import { expect, test } from "vitest";
import { parseFilters, type Filters } from "../../sandbox/engine/api/filters.js";
import { assertWithinSandbox } from "../../sandbox/engine/swarm/beyond-sandbox.js";
import type { ServiceSpec } from "../../sandbox/engine/schema.js";

const spec = (container: object, task: object = {}, more: object = {}): ServiceSpec => ({
  Name: "a",
  Mode: {},
  TaskTemplate: { ContainerSpec: { Image: "a:1", ...container }, ...task },
  ...more,
});

const file = (Name: string): object => ({ File: { Name }, SecretID: "s", SecretName: "s", ConfigID: "s", ConfigName: "s" });

/** A Swarm accepts each of these specs, and then restricts or changes the container in a way that can make the service fail. */
test.each<readonly [string, ServiceSpec]>([
  ['another user than root ("1000")', spec({ User: "1000" })],
  ['another user than root ("0:5")', spec({ User: "0:5" })],
  ["read_only", spec({ ReadOnly: true })],
  ["containers without a capability (CAP_CHOWN)", spec({ CapabilityDrop: ["CAP_CHOWN"] })],
  ["sysctls (net.core.somaxconn)", spec({ Sysctls: { "net.core.somaxconn": "5" } })],
  ["ulimits", spec({ Ulimits: [{ Name: "nofile", Soft: 5, Hard: 5 }] })],
  ["name servers (dns)", spec({ DNSConfig: { Nameservers: ["1.1.1.1"] } })],
  ["a health check CMD without a command", spec({ Healthcheck: { Test: ["CMD"] } })],
  ["an image's own folders (/app)", spec({ Mounts: [{ Type: "volume", Target: "/app" }] })],
  ["an image's own folders (/x/../bin/a)", spec({ Mounts: [{ Type: "tmpfs", Target: "/x/../bin/a" }] })],
  ["an image's own folders (/usr)", spec({ Mounts: [{ Type: "bind", Source: "/", Target: "/usr" }] })],
  ["an image's own folders (/app/app.js)", spec({ Configs: [file("/app/app.js")] })],
  ["an image's own folders (/lib/x)", spec({ Secrets: [file("/lib/x")] })],
  ["a program that comes as a config or secret (/entrypoint.sh)", spec({ Configs: [file("/entrypoint.sh")], Command: ["/entrypoint.sh"] })],
  ["a program that comes as a config or secret (/start)", spec({ Configs: [file("start")], Args: ["sh", "/start", "now"] })],
  ["a program that comes as a config or secret (/begin)", spec({ Configs: [{ ConfigID: "c", ConfigName: "begin" }], Command: ["/begin"] })],
  [
    "a program that comes as a config or secret (/run/secrets/s)",
    spec({ Secrets: [file("s")], Command: ["/bin/sh"], Args: ["/run/secrets/s"] }),
  ],
  ["a tmpfs of a certain size", spec({ Mounts: [{ Type: "tmpfs", Target: "/t", TmpfsOptions: { SizeBytes: 5 } }] })],
  ["a volume's subpath", spec({ Mounts: [{ Type: "volume", Target: "/t", VolumeOptions: { Subpath: "a" } }] })],
  ["the logging driver syslog", spec({}, { LogDriver: { Name: "syslog" } })],
  ["the logging option bogus=1", spec({}, { LogDriver: { Options: { bogus: "1" } } })],
  ["the logging option max-size=x", spec({}, { LogDriver: { Name: "local", Options: { "max-size": "x" } } })],
  ["a limit of memory", spec({}, { Resources: { Limits: { MemoryBytes: 1e9 } } })],
  ["a limit of processes", spec({}, { Resources: { Limits: { Pids: 5 } } })],
  ["ports of the protocol sctp", spec({}, {}, { EndpointSpec: { Ports: [{ TargetPort: 1, Protocol: "sctp" }] } })],
  ["ports above 65535 (70000)", spec({}, {}, { EndpointSpec: { Ports: [{ TargetPort: 1, PublishedPort: 70_000 }] } })],
])("the sandbox refuses by name: %s", (words, refused) => {
  expect(() => assertWithinSandbox(refused)).toThrow(words);
});

test("a spec that asks only for what the sandbox can ignore is accepted", () => {
  const container = {
    User: "0:0",
    CapabilityAdd: ["CAP_NET_ADMIN"],
    Hosts: ["1.2.3.4 a"],
    Mounts: [
      { Type: "volume", Target: "/application" },
      { Type: "tmpfs", Target: "/tmp" },
    ],
    Configs: [file("app")],
    Command: ["node", "/app/app.js"],
    Args: ["/app"],
    Healthcheck: { Test: ["CMD", "a"] },
    DNSConfig: { Search: ["a"] },
  };
  const task = {
    LogDriver: { Name: "json-file", Options: { "max-size": "10m", "max-file": "3" } },
    Resources: { Limits: { NanoCPUs: 1e9 }, Reservations: { MemoryBytes: 1e9 } },
  };
  expect(() => assertWithinSandbox(spec(container, task))).not.toThrow();
});

test("a filter that the sandbox does not apply is refused by name, and one that no engine knows is refused in the engine's words", () => {
  const listed = (name: string): Filters =>
    parseFilters(new URLSearchParams({ filters: JSON.stringify({ [name]: ["x"] }) }), ["label"], ["scope"]);
  expect(listed("label").of("label")).toEqual(["x"]);
  expect(() => listed("scope")).toThrow("the sandbox does not know the filter scope");
  expect(() => listed("bogus")).toThrow("Invalid filter 'bogus'");
});
