import { beforeEach, describe, expect, test } from "vitest";
import { findReach } from "../../../src/effects/tier/find-reach.js";
import { sayChanges } from "../../../src/effects/tier/say-changes.js";
import { hasProxy, labelledPort, serviceAddresses } from "../../../src/effects/tier/reach.js";
import { parseReach } from "../../../src/machines/reach.js";
import { app, engineOf, portLabel, proxy, service, type Swarm } from "../../support/engine/one-stack.js";

const signal = new AbortController().signal;
let swarm: Swarm;
beforeEach(() => {
  swarm = { services: [], containers: {}, bridge: {} };
});

const find = async () => {
  const notes: string[] = [];
  const finder = findReach(
    { engine: await engineOf(() => swarm), trust: () => undefined, note: sayChanges((line) => notes.push(line)) },
    app,
  );
  return { notes, look: () => finder(signal) };
};

describe("when no proxy answers for the domain, reach: auto", () => {
  test("takes the port that the recipe's label names for a proxy, and says so only once", async () => {
    swarm.services = [service("app", { [portLabel]: "8080" })];
    swarm.containers = { c1: { of: "app", ports: { "8080/tcp": [{ HostPort: "49153" }] } } };
    const { notes, look } = await find();
    expect(await look()).toEqual({ targets: [{ url: "http://127.0.0.1:49153", zone: null }] });
    await look();
    expect(notes).toEqual([
      expect.stringMatching(
        /^no proxy serves https:\/\/box-123456[.]reach[.]invalid \(no such name: .*\): reaching service:app:8080 directly/,
      ),
    ]);
  });

  test("waits while this node has no container of the labelled service", async () => {
    swarm.services = [service("app", { [portLabel]: "8080" })];
    expect(await (await find()).look()).toMatchObject({ tried: { address: "service:app:8080" } });
  });

  test("gives up at once without such a label, and names the services and the line to add", async () => {
    swarm.services = [service("web"), service("db")];
    expect(await (await find()).look()).toMatchObject({
      hopeless: {
        code: "reach-not-found",
        exitCode: 1,
        hint: "Write one line into the recipe's recipe.yml: reach: service:NAME:PORT. The services are: db, web.",
      },
    });
  });

  test("still insists on the domain if this Swarm has a proxy", async () => {
    swarm.services = [service("app", { [portLabel]: "8080" }), proxy];
    swarm.containers = { c1: { of: "app", ports: { "8080/tcp": [{ HostPort: "49153" }] } } };
    const { notes, look } = await find();
    expect(await look()).toEqual({ targets: [{ url: `https://${app.domain}`, zone: "reach.invalid" }] });
    expect(notes).toEqual([expect.stringContaining("this Swarm has a proxy")]);
  });
});

describe("a Swarm's proxy", () => {
  test("is another stack's service that publishes port 443", async () => {
    swarm.services = [service("app"), proxy];
    expect(await hasProxy(await engineOf(() => swarm), app, signal)).toBe(true);
  });

  test("is neither a service of the app itself nor one that publishes another port", async () => {
    swarm.services = [
      service("app", {}, [{ TargetPort: 443, PublishedPort: 443, PublishMode: "host" }]),
      { ...proxy, Endpoint: { Ports: [{ TargetPort: 443, PublishedPort: 8443 }] } },
      { ...proxy, Endpoint: {} },
    ];
    expect(await hasProxy(await engineOf(() => swarm), app, signal)).toBe(false);
  });
});

describe("the port that labels name for a proxy", () => {
  test("is first of all the one of the service app", () => {
    expect(labelledPort(app, [service("admin", { [portLabel]: "9000" }), service("app", { [portLabel]: "8080" })])).toEqual({
      service: "app",
      port: 8080,
    });
  });

  test("is the first one if app has none", () => {
    expect(
      labelledPort(app, [service("app"), service("web", { [portLabel]: " 3000 " }), service("admin", { [portLabel]: "9000" })]),
    ).toEqual({ service: "web", port: 3000 });
  });

  const web = (name: string, port: string, rule?: string, target?: string) => ({
    [`traefik.http.services.${name}.loadbalancer.server.port`]: port,
    ...(rule === undefined ? {} : { [`traefik.http.routers.${name}.rule`]: rule }),
    ...(target === undefined ? {} : { [`traefik.http.routers.${name}.service`]: target }),
  });
  const own = `Host(\`${app.domain}\`)`;

  test("is the one to which the app's own host is routed, whatever the app's other services are called", () => {
    const labels = { ...web("box-api", "9000", `Host(\`api.${app.domain}\`)`), ...web("box", "9001", own) };
    expect(labelledPort(app, [service("app", labels)])).toEqual({ service: "app", port: 9001 });
    expect(
      labelledPort(app, [service("app", web("box-api", "9000", `Host(\`api.${app.domain}\`)`)), service("web", web("box", "80", own))]),
    ).toEqual({ service: "web", port: 80 });
  });

  test("is that of the router with the shortest rule for the host, as longer rules match parts of it", () => {
    const labels = { ...web("a", "1", `${own} && PathPrefix(\`/_matrix\`)`), ...web("b", "2", own) };
    expect(labelledPort(app, [service("app", labels)])).toEqual({ service: "app", port: 2 });
  });

  test("is that of the service that the router names, or of the only service", () => {
    expect(labelledPort(app, [service("app", { ...web("a", "1"), ...web("b", "2"), ...web("x", "no", own, "B@swarm") })])).toEqual({
      service: "app",
      port: 2,
    });
    expect(labelledPort(app, [service("app", web("c", "3")), service("web", { ...web("d", "4"), ...web("y", "no", own) })])).toEqual({
      service: "web",
      port: 4,
    });
  });

  test.each([
    ["no number", { [portLabel]: "http" }],
    ["of a TCP router", { "traefik.tcp.services.box.loadbalancer.server.port": "25" }],
    ["of another key", { "traefik.http.services.box.loadbalancer.server.scheme": "8080" }],
  ])("is none for a label that is %s", (_, labels) => {
    expect(labelledPort(app, [service("app", labels)])).toBeNull();
  });

  test("is none for services without labels, which the Engine lists as null", () => {
    expect(labelledPort(app, [{ ID: "1", Spec: { Name: `${app.stack}_app`, Labels: null } }])).toBeNull();
  });
});

describe("service:app:8080", () => {
  const addresses = async () => serviceAddresses(await engineOf(() => swarm), app, { service: "app", port: 8080 }, signal);

  test("is asked at its own port on this host if it is on the host's network", async () => {
    swarm.services = [service("app")];
    swarm.containers = { c1: { of: "app", ports: {}, networks: ["host"] } };
    expect(await addresses()).toEqual({ addresses: ["http://127.0.0.1:8080"] });
  });

  test("is asked at the port that Docker chose rather than at the bridge", async () => {
    swarm.services = [service("app")];
    swarm.containers = { c1: { of: "app", ports: { "8080/tcp": [{ HostPort: "49153" }] } } };
    swarm.bridge = { c1: "172.18.0.3/16" };
    expect(await addresses()).toEqual({ addresses: ["http://127.0.0.1:49153"] });
  });

  test("is asked at the ingress port, then at its container's address on the bridge", async () => {
    swarm.services = [service("app", {}, [{ TargetPort: 8080, PublishedPort: 30001, PublishMode: "ingress" }])];
    swarm.containers = { c1: { of: "app", ports: { "8080/tcp": null } } };
    swarm.bridge = { c1: "172.18.0.3/16", "ingress-sbox": "172.18.0.2/16" };
    expect(await addresses()).toEqual({ addresses: ["http://127.0.0.1:30001", "http://172.18.0.3:8080"] });
  });

  test("is asked only at the bridge if it publishes nothing, and never at another service's container", async () => {
    swarm.services = [service("app"), service("db")];
    swarm.containers = { c1: { of: "app", ports: {} }, c2: { of: "db", ports: {} } };
    swarm.bridge = { c1: "172.18.0.3/16", c2: "172.18.0.4/16" };
    expect(await addresses()).toEqual({ addresses: ["http://172.18.0.3:8080"] });
  });

  test("has no address yet if there is no bridge", async () => {
    swarm.services = [service("app")];
    swarm.containers = { c1: { of: "app", ports: {} } };
    swarm.bridge = null;
    expect(await addresses()).toEqual({ addresses: [] });
  });

  test("fails at once if the stack has other services only, and waits if it has none yet", async () => {
    swarm.services = [service("web")];
    expect(await addresses()).toMatchObject({
      hopeless: { code: "reach-unknown-service", hint: expect.stringContaining("The services are: web.") as string },
    });
    swarm.services = [];
    expect(await addresses()).toEqual({ addresses: [] });
  });
});

describe("reach", () => {
  test.each([
    ["auto", { kind: "auto" }],
    ["https://{domain}/login", { kind: "url", url: "https://{domain}/login" }],
    ["service:my-app.1:65535", { kind: "service", service: "my-app.1", port: 65_535 }],
  ])("may be %s", (text, reach) => {
    expect(parseReach(text)).toEqual(reach);
  });

  test.each(["", "Auto", "ftp://x", "service:app", "service:app:0", "service:app:65536", "service:-app:80", "service:app:80 "])(
    "may not be %j",
    (text) => {
      expect(parseReach(text)).toBeNull();
    },
  );
});
