import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createRaw } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { askApp } from "../../../src/effects/tier/ask-app.js";
import { createTrust } from "../../../src/effects/tier/trust.js";
import { has, testWith } from "../../support/programs.js";
import { makeAuthority, startCaddy, type Caddy, type TestAuthority } from "../../support/proxy/caddy.js";

const signal = new AbortController().signal;
/** Below those that are given out by chance. */
const nobodysPort = 1;
const direct = (url: string) => askApp({ url, zone: null }, { trust: undefined, signal });

const open: { readonly close: () => void }[] = [];
const serve = async (listener: RequestListener): Promise<string> => {
  const server: Server = createServer(listener);
  open.push(server);
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
};
afterEach(() => open.splice(0).forEach((server) => server.close()));

describe("an app that is asked directly", () => {
  test.each([200, 204, 401, 404])("has answered with its own %i", async (status) => {
    expect(await direct(await serve((_, response) => response.writeHead(status).end()))).toBeNull();
  });

  test("has not answered with a 502, which is a proxy's word about it", async () => {
    expect(await direct(await serve((_, response) => response.writeHead(502).end()))).toMatchObject({
      why: "HTTP 502 Bad Gateway",
      hint: expect.stringContaining("port") as string,
    });
  });

  test("has answered if it redirects to another host, perhaps to log in", async () => {
    expect(
      await direct(await serve((_, response) => response.writeHead(302, { Location: "https://login.example.com/" }).end())),
    ).toBeNull();
  });

  test("has not answered if it redirects in a circle, and the reason names the circle", async () => {
    const url = await serve((request, response) => response.writeHead(302, { Location: request.url === "/a" ? "/b" : "/a" }).end());
    expect(await direct(`${url}/a`)).toMatchObject({ why: `redirect loop: ${url}/a -> ${url}/b -> ${url}/a` });
  });

  test("is followed if it redirects to a page of its own", async () => {
    const url = await serve((request, response) =>
      (request.url === "/" ? response.writeHead(302, { Location: "/up" }) : response.writeHead(500)).end(),
    );
    expect(await direct(url)).toMatchObject({ why: "HTTP 500 Internal Server Error" });
  });

  test("has refused the connection if nobody listens at its port", async () => {
    expect(await direct(`http://127.0.0.1:${nobodysPort}`)).toMatchObject({ kind: "refused" });
  });

  test("was not found if its name does not resolve", async () => {
    expect(await direct("http://nobody.invalid")).toMatchObject({
      kind: "no-name",
      why: "no such name: nobody.invalid does not resolve here",
    });
  });

  test("has not answered if it speaks no HTTP or hangs up, and the reason says which", async () => {
    const raw = async (said: string): Promise<string> => {
      const server = createRaw((socket) => socket.end(said));
      open.push(server);
      await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
      const address = server.address();
      return `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
    };
    expect(await direct(await raw("220 smtp ready\r\n"))).toMatchObject({ kind: "garbage" });
    expect(await direct(await raw(""))).toMatchObject({ kind: "silent" });
  });
});

const proxied = testWith("caddy", "openssl");

describe("an app behind a real TLS proxy", () => {
  const zone = "probe.localhost";
  let authority: TestAuthority;
  let caddy: Caddy | undefined;
  let appPort = 0;
  let app: Server | undefined;
  beforeAll(async () => {
    if (!has("caddy") || !has("openssl")) return;
    const server = createServer((request, response) =>
      response.writeHead(200, { "Content-Type": "text/plain" }).end(`hello from ${request.headers.host ?? ""}`),
    );
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    app = server;
    appPort = typeof address === "object" && address !== null ? address.port : 0;
    authority = makeAuthority(zone);
    caddy = await startCaddy(authority, zone, {
      [`app.${zone}`]: `reverse_proxy 127.0.0.1:${appPort}`,
      [`down.${zone}`]: `reverse_proxy 127.0.0.1:${nobodysPort}`,
    });
    // Longer than the proxy may take to listen: nobody would stop one whose hook was over first.
  }, 120_000);
  afterAll(async () => {
    app?.close();
    await caddy?.stop();
  });

  const through = (name: string, trusted: boolean) =>
    askApp(
      { url: `https://${name}.${zone}:${caddy?.port ?? 0}`, zone },
      { trust: trusted ? createTrust(authority.ca)() : undefined, signal },
    );

  proxied("has answered if the authority that CCCI_CA_FILE names signed the certificate", async () => {
    expect(await through("app", true)).toBeNull();
  });

  proxied("has not answered if its certificate's authority is not trusted, and the reason names that authority", async () => {
    expect(await through("app", false)).toMatchObject({
      kind: "certificate",
      why: expect.stringContaining(`made out to *.${zone} by A test authority`) as string,
      hint: expect.stringContaining("CCCI_CA_FILE") as string,
    });
  });

  proxied("has not answered if the proxy gives the same 404 for a name that cannot exist", async () => {
    expect(await through("unknown", true)).toMatchObject({
      why: expect.stringContaining("the proxy's own answer (HTTP 404 Not Found)") as string,
    });
  });

  proxied("has not answered if the proxy says so", async () => {
    expect(await through("down", true)).toMatchObject({ why: "HTTP 502 Bad Gateway" });
  });
});
