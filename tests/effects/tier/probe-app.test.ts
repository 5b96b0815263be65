import { createServer } from "node:http";
import { createServer as createRaw, type AddressInfo, type Server } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { createActor, setup, type AnyActor } from "xstate";
import { probeApp } from "../../../src/effects/tier/probe-app.js";
import type { ProbeEvent } from "../../../src/machines/settle/settle.types.js";
import type { RecipeSettings } from "../../../src/machines/vocabulary.js";
import { app, engineOf, service, type Swarm } from "../../support/engine/one-stack.js";
import { settings } from "../../support/explore/samples.js";

const open: Server[] = [];
const listen = async (server: Server, port = 0): Promise<number> => {
  open.push(server);
  await new Promise<void>((resolve) => void server.listen(port, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
};
afterEach(() => open.splice(0).forEach((server) => server.close()));

/** An app of which each page answers with the status of its name, and an address to ask it at. */
const pages = async (asked: string[] = [], statusOf = (path: string): number => Number(path.slice(1)) || 200): Promise<string> => {
  const server = createServer(({ url = "" }, response) => {
    asked.push(url);
    const status = statusOf(url);
    response.writeHead(status, status === 302 ? { Location: "/503" } : {}).end();
  });
  return `http://127.0.0.1:${await listen(server)}`;
};

let swarm: Swarm = { services: [], containers: {}, bridge: {} };
const withPort = (name: string, inside: number, outside: number): void => {
  swarm = {
    services: [service(name)],
    containers: { c1: { of: name, ports: { [`${inside}/tcp`]: [{ HostPort: String(outside) }] } } },
    bridge: {},
  };
};

/** What the probe says until it says what ends it, or so much as is asked for. */
const probe = async (
  given: Partial<RecipeSettings>,
  enough: (said: readonly ProbeEvent[]) => boolean = () => false,
): Promise<readonly ProbeEvent[]> => {
  const said: ProbeEvent[] = [];
  const logic = probeApp({ engine: await engineOf(() => swarm), trust: () => undefined, note: () => undefined });
  const actor = await new Promise<AnyActor>((resolve) => {
    const hear = (event: ProbeEvent): void => {
      said.push(event);
      if (event.type !== "probe.tried" || enough(said)) resolve(listener);
    };
    const listener = createActor(
      setup({ types: { events: {} as ProbeEvent }, actors: { logic } }).createMachine({
        invoke: { src: "logic", input: { app, settings: { ...settings, ...given } } },
        on: { "*": { actions: ({ event }) => hear(event) } },
      }),
    );
    listener.start();
  });
  actor.stop();
  return said;
};

const http = (more: Partial<Extract<RecipeSettings["health"], { kind: "http" }>> = {}): RecipeSettings["health"] => ({
  kind: "http",
  path: null,
  statuses: [{ from: 100, to: 499 }],
  followsRedirects: true,
  inARow: 1,
  ...more,
});
const tcp = (name: string, port: number, inARow = 1): RecipeSettings["health"] => ({ kind: "tcp", service: name, port, inARow });

describe("health", () => {
  test("is reached when the page has given the status that recipe.yml names as many times in a row as it asks", async () => {
    const asked: string[] = [];
    const reach = await pages(asked);
    expect(await probe({ reach, health: http({ path: "/204", statuses: [{ from: 204, to: 204 }], inARow: 3 }) })).toEqual([
      { type: "probe.answered", url: reach },
    ]);
    expect(asked).toEqual(["/204", "/204", "/204"]);
  });

  test("is not reached by another status, and the reason names the wanted ones", async () => {
    const reach = await pages();
    const said = await probe({ reach, health: http({ path: "/404", statuses: [{ from: 200, to: 299 }] }) }, () => true);
    expect(said).toEqual([
      {
        type: "probe.tried",
        tried: {
          address: reach,
          why: "HTTP 404 Not Found for /404, where health in recipe.yml wants 200-299",
          hint: expect.any(String) as string,
        },
      },
    ]);
  });

  test("with redirects: stop is judged by the redirect's own status, not by the page behind it", async () => {
    const reach = await pages();
    expect(await probe({ reach, health: http({ path: "/302", followsRedirects: false, statuses: [{ from: 302, to: 302 }] }) })).toEqual([
      { type: "probe.answered", url: reach },
    ]);
    expect(await probe({ reach, health: http({ path: "/302" }) }, () => true)).toMatchObject([
      { type: "probe.tried", tried: { why: "HTTP 503 Service Unavailable" } },
    ]);
  });

  test("is counted from the beginning after a wrong answer", async () => {
    let n = 0;
    const asked: string[] = [];
    const reach = await pages(asked, () => ((n += 1) === 2 ? 503 : 200));
    await probe({ reach, health: http({ inARow: 2 }) });
    expect(asked).toHaveLength(4);
  });

  test("of an app without HTTP is reached when its port accepts connections", async () => {
    let connections = 0;
    const port = await listen(createRaw((socket) => void ((connections += 1), socket.on("error", () => undefined))));
    withPort("mail", 25, port);
    expect(await probe({ health: tcp("mail", 25, 3) })).toEqual([{ type: "probe.answered", url: `tcp://127.0.0.1:${port}` }]);
    expect(connections).toBe(3);
  });

  test("is not reached if nobody listens at the port, and the reason says refused", async () => {
    const server = createRaw();
    const port = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    withPort("mail", 25, port);
    expect(await probe({ health: tcp("mail", 25) }, () => true)).toMatchObject([
      { tried: { address: `tcp://127.0.0.1:${port}`, why: "connection refused: nobody listens there" } },
    ]);
  });
});

describe("ready", () => {
  test("is awaited after the app itself has answered, one condition after the other", async () => {
    const asked: string[] = [];
    const reach = await pages(asked);
    const port = await listen(createRaw((socket) => void (asked.push("tcp"), socket.on("error", () => undefined))));
    withPort("db", 5432, port);
    await probe({ reach, health: http(), ready: [http({ path: "/200" }), tcp("db", 5432, 2)] });
    expect(asked).toEqual(["/", "/200", "tcp", "tcp"]);
  });

  test("that is not reached is reported, and the app does not count as up", async () => {
    const reach = await pages();
    expect(await probe({ reach, health: http(), ready: [http({ path: "/503" })] }, () => true)).toMatchObject([
      { type: "probe.tried", tried: { why: "HTTP 503 Service Unavailable" } },
    ]);
  });

  test("that names no service of the stack ends the wait at once", async () => {
    withPort("db", 5432, 1);
    expect(await probe({ reach: await pages(), health: http(), ready: [tcp("postgres", 5432)] })).toMatchObject([
      { type: "probe.hopeless", failure: { code: "reach-unknown-service" } },
    ]);
  });
});
