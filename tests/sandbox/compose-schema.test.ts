import { describe, expect, test } from "vitest";
import { loadCompose } from "../../sandbox/docker/compose/load.js";

const load = (text: string, variables: Readonly<Record<string, string>> = {}): unknown =>
  loadCompose([{ name: "-", text }], "/nowhere", variables);

const app = (line: string, more = ""): string => `services: {app: {image: "a:1", ${line}}}\n${more}`;

/** Docker's client 28.2 refuses each of these files, mostly in these words. */
const refusals: Readonly<Record<string, readonly [string, string]>> = {
  "devices under reservations": [
    app("deploy: {resources: {reservations: {devices: []}}}"),
    "services.app.deploy.resources.reservations Additional property devices is not allowed",
  ],
  "pids under reservations": [
    app("deploy: {resources: {reservations: {pids: 1}}}"),
    "services.app.deploy.resources.reservations Additional property pids is not allowed",
  ],
  "an environment with nothing in it": [app("environment: "), "services.app.environment must be a mapping"],
  "labels with nothing in them": [app("deploy: {labels: }"), "services.app.deploy.labels must be a mapping"],
  group_add: [app("group_add: [a]"), "services.app Additional property group_add is not allowed"],
  "labels with an entry that has no name": [app('labels: {"": x}'), "services.app.labels Additional property  is not allowed"],
  "an unknown key of a mount": [app("volumes: [{type: volume, target: /a, own: 1}]"), "Additional property own is not allowed"],
  "a mount without a type": [app("volumes: [{target: /a}]"), "type is required"],
  "an empty part of a volume": [app('volumes: ["data::/b"]'), "empty section between colons"],
  "an unknown key of a service's network": [
    app("networks: {n: {interface_name: e}}", "networks: {n: }"),
    "services.app.networks.n Additional property interface_name is not allowed",
  ],
  "a port that is none": [app('ports: ["80:"]'), "services.app.ports.0"],
  "two ranges of ports that are not equally long": [app('ports: ["1-2:1-3"]'), "services.app.ports.0"],
  "a long port's number as a text": [app('ports: [{target: "80"}]'), "services.app.ports.0.target must be a number"],
  "an item twice": [app("extra_hosts: [a:1, a:1]"), "services.app.extra_hosts array items[0,1] must be unique"],
  "a long port twice": [app("ports: [{target: 80}, {target: 80}]"), "services.app.ports array items[0,1] must be unique"],
  "a number as a text": [app('deploy: {replicas: "2"}'), "services.app.deploy.replicas must be a number"],
  "a variable that is no number where one must be": [app("deploy: {replicas: $A}"), "failed to cast to expected type"],
  "a number below 0": [app("deploy: {replicas: -1}"), "overflows uint"],
  "a time without a unit": [app('healthcheck: {interval: "10"}'), "services.app.healthcheck.interval"],
  "an order that there is not": [app("deploy: {update_config: {order: both}}"), "services.app.deploy.update_config.order"],
  "an amount that is none": [app("deploy: {resources: {limits: {memory: 1x}}}"), "services.app.deploy.resources.limits.memory"],
  "a service with a space in its name": ["services: {a b: {image: 'a:1'}}", "services Additional property a b is not allowed"],
  "a key that is newer than the version": [app("init: true", 'version: "3.6"'), "services.app Additional property init is not allowed"],
  "a control character in a comment": [app("init: true # \u001B"), "control characters are not allowed"],
  "a version that is a number": [app("", "version: 3.8"), "version must be a string"],
  "a key that is a number": [app("environment: {1: a}"), "unsupported type"],
  "a day where a text must be": [app("user: 2024-01-02"), "time.Time"],
  "a quote that does not end": [app(`command: 'a "b'`), "EOF found when expecting closing quote"],
  "an external volume with labels": [
    app("", "volumes: {v: {external: true, labels: {a: b}}}"),
    'conflicting parameters "external" and "labels" specified for volume "v"',
  ],
  "two names of one network": [app("", "networks: {n: {external: {name: a}, name: b}}"), "only use network.name"],
};

test.each(Object.entries(refusals))("the sandbox refuses %s, as docker's client does", (_, [text, words]) => {
  expect(() => load(text, { A: "x" })).toThrow(words);
});

test("two files of different versions are refused", () => {
  const files = ['version: "3.8"\nservices: {}', "services: {}"].map((text, index) => ({ name: `/nowhere/${index}.yml`, text }));
  expect(() => loadCompose(files, "/nowhere", {})).toThrow("version mismatched between two composefiles : 3.8 and 3.13");
});

/** Each of these looks like a mistake, but the client accepts it. */
const taken: Readonly<Record<string, string>> = {
  "a limit of processes, and generic resources": app("deploy: {resources: {limits: {pids: 10}, reservations: {generic_resources: []}}}"),
  "numbers and booleans by variables": app('deploy: {replicas: "${N}"}\n  , tty: "${Y}", ports: [{target: $N}]'),
  "a service's network of which nothing is said": app("networks: {n: }", "networks: {n: }"),
  "ports in every form": app('ports: [80, "80-81", "[::1]:5:5", "1.2.3.4:53:53/udp", ":6", "90-91:80", {target: 1, mode: host}]'),
  "extensions, since 3.7": app("x-own: 1", 'version: "3.7"'),
};

test.each(Object.entries(taken))("the sandbox accepts %s", (_, text) => {
  expect(() => load(text, { N: "2", Y: "yes" })).not.toThrow();
});

describe("the sandbox reads a plain scalar as the client does", () => {
  test.each([
    ["0440", "288"],
    ["0o17", "15"],
    ["089", "89"],
    ["1_000", "1000"],
    ["0b11", "3"],
    ["-0x1f", "-31"],
    ["123456789012345678", "123456789012345678"],
    ["1e3", "1000"],
    ["2500000.0", "2.5e+06"],
    ["1.10", "1.1"],
    ["1e-5", "1e-05"],
    ["1e400", "1e400"],
    ["yes", "yes"],
    ["12:30", "12:30"],
    ["2024-01-02", "2024-01-02 00:00:00 +0000 UTC"],
    ['"0440"', "0440"],
  ])("%s is %s", (word, meant) => {
    expect(load(app(`environment: {A: ${word}}`))).toMatchObject({ document: { services: { app: { environment: { A: meant } } } } });
  });
});
