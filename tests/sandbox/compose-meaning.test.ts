import { describe, expect, test } from "vitest";
import { loadCompose } from "../../sandbox/docker/compose/load.js";
import type { Known } from "../../sandbox/docker/stack/known.js";
import { serviceSpec } from "../../sandbox/docker/stack/service-spec.js";
import type { ServiceSpec } from "../../sandbox/engine/schema.js";

const file = { name: "f", id: "f" };
const known: Known = {
  networks: new Map([
    ["default", { id: "d", hasAliases: true }],
    ["host", { id: "h", hasAliases: false }],
  ]),
  volumes: { data: {}, more: { driver: "local" } },
  secrets: new Map([["s", file]]),
  configs: new Map([["s", file]]),
};

/** The spec that the client would send to the engine for the service `app` of these files. */
const specOf = (...services: readonly string[]): ServiceSpec => {
  const files = services.map((text, index) => ({ name: `/here/${index}.yml`, text: `services: {app: {image: "a:1", ${text}}}\n` }));
  const { document } = loadCompose(files, "/here", { HOME: "/root", A: "env", N: "3" });
  const app = (document["services"] as Readonly<Record<string, Readonly<Record<string, unknown>>>>)["app"] ?? {};
  return serviceSpec("st", "app", app, known);
};

const container = (...services: readonly string[]): object => specOf(...services).TaskTemplate.ContainerSpec;

/** The specs as docker's client 28.2 sends them. */
const single: Readonly<Record<string, readonly [string, object]>> = {
  "a command loses its backslashes in double quotes too": [String.raw`command: 'a "b\nc" d\ e'`, { Args: ["a", "bnc", "d e"] }],
  "what follows a hash in a command is a comment": ["command: 'a b#c # d'", { Args: ["a", "b#c"] }],
  "a value that is empty is taken from the caller": ['environment: {A: "", B: "", C: }', { Env: ["A=env", "B=", "C"] }],
  "what looks like a day and is none is a text": ["hostname: 2026-02-30", { Hostname: "2026-02-30" }],
  "tmpfs is not heeded": ["tmpfs: [/t]", { Image: "a:1" }],
  "a mode is octal, and a config lies where it is called": [
    "configs: [{source: s, mode: 0440}]",
    { Configs: [{ File: { Name: "s", UID: "0", GID: "0", Mode: 0o440 }, ConfigID: "f", ConfigName: "f" }] },
  ],
  "capabilities have one spelling, and what is added is not dropped": [
    "cap_add: [net_admin, CAP_A], cap_drop: [ALL, A]",
    { CapabilityAdd: ["CAP_A", "CAP_NET_ADMIN"], CapabilityDrop: ["ALL"] },
  ],
  "hosts are addresses with names": ['extra_hosts: ["a=[::1]", "b:1.2.3.4"]', { Hosts: ["::1 a", "1.2.3.4 b"] }],
  "ulimits are both limits": ["ulimits: {nofile: 5}", { Ulimits: [{ Name: "nofile", Soft: 5, Hard: 5 }] }],
  "of a mount's options the later one counts": [
    'volumes: ["data:/a:ro,rw,nocopy", "more:/b", "~/c:/c:ro,rshared", "/d"]',
    {
      Mounts: [
        {
          Type: "volume",
          Target: "/a",
          Source: "st_data",
          VolumeOptions: { NoCopy: true, Labels: { "com.docker.stack.namespace": "st" } },
        },
        {
          Type: "volume",
          Target: "/b",
          Source: "st_more",
          VolumeOptions: { Labels: { "com.docker.stack.namespace": "st" }, DriverConfig: { Name: "local" } },
        },
        { Type: "bind", Target: "/c", Source: "/root/c", ReadOnly: true, BindOptions: { Propagation: "rshared" } },
        { Type: "volume", Target: "/d" },
      ],
    },
  ],
};

test.each(Object.entries(single))("%s", (_, [text, spec]) => expect(container(text)).toMatchObject(spec));

test("the key tmpfs does not create a mount", () => expect(container("tmpfs: [/t]")).not.toHaveProperty("Mounts"));

describe("one service in two files", () => {
  const base =
    'deploy: {replicas: 2, placement: {constraints: [a==b]}}, ports: ["80:80", "81:80"], cap_add: [A], command: [a, b], environment: [A=1, B=2], healthcheck: {test: [CMD, a]}';
  const later =
    'deploy: {replicas: 0, placement: {constraints: [a==b]}}, ports: ["80:90", "80"], cap_add: [B], command: [c], environment: {B: 3}, healthcheck: {retries: 0}';
  const spec = specOf(base, later);

  test("a 0 in the later file overrides, and lists are concatenated", () => {
    expect(spec.Mode).toEqual({ Replicated: { Replicas: 0 } });
    expect(spec.TaskTemplate.Placement?.Constraints).toEqual(["a==b", "a==b"]);
    expect(spec.TaskTemplate.ContainerSpec).toMatchObject({
      Args: ["c"],
      Env: ["A=1", "B=3"],
      CapabilityAdd: ["CAP_A", "CAP_B"],
      Healthcheck: { Test: ["CMD", "a"] },
    });
  });

  test("the later of two ports that are published under the same number wins", () => {
    expect(spec.EndpointSpec?.Ports?.map(({ PublishedPort = 0, TargetPort }) => [PublishedPort, TargetPort])).toEqual([
      [0, 80],
      [80, 90],
      [81, 80],
    ]);
  });

  test("the short form of a port keeps its protocol", () => {
    expect(specOf('ports: ["53:53/UDP"]').EndpointSpec?.Ports).toMatchObject([{ PublishedPort: 53, Protocol: "udp" }]);
  });

  test("the long form of a port in the later file replaces its short form", () => {
    expect(specOf('ports: ["80:80"]', "ports: [{target: 90, published: 80}]").EndpointSpec?.Ports).toMatchObject([
      { PublishedPort: 80, TargetPort: 90 },
    ]);
  });

  test("another logging driver replaces the first one and its options", () => {
    expect(specOf("logging: {driver: syslog, options: {a: b}}", "logging: {driver: json-file}").TaskTemplate).toMatchObject({
      LogDriver: { Name: "json-file" },
    });
    expect(specOf("logging: {driver: syslog, options: {a: b}}", "logging: {options: {c: 1}}").TaskTemplate).toMatchObject({
      LogDriver: { Name: "syslog", Options: { a: "b", c: "1" } },
    });
  });
});

test("a service has no aliases in the host's network", () => {
  expect(specOf("networks: [host]").TaskTemplate.Networks).toEqual([{ Target: "h", Aliases: [] }]);
  expect(specOf("networks: {default: {aliases: [x]}}").TaskTemplate.Networks).toEqual([{ Target: "d", Aliases: ["x", "app"] }]);
});

test("two secrets with the same target are refused, and so is a volume with the options of a bind", () => {
  expect(() => specOf("secrets: [s, {source: s}]")).toThrow("duplicate secret target for f not allowed");
  expect(() => specOf("volumes: [{type: volume, source: data, target: /a, bind: {propagation: shared}}]")).toThrow(
    "bind options are incompatible with type volume",
  );
});
