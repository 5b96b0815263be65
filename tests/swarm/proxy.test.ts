import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect } from "vitest";
import { must } from "../support/children.js";
import { freePort } from "../support/free-port.js";
import { testWith } from "../support/programs.js";
import { makeAuthority, startCaddy, type Caddy, type TestAuthority } from "../support/proxy/caddy.js";
import { docker, SwarmHost } from "../support/swarm/host.js";

/** Names below localhost are this host, whoever resolves them. */
const zone = `p${process.pid}.localhost`;

let host: SwarmHost;
let authority: TestAuthority;
let caddy: Caddy | undefined;
let operator: string;
let appPort: number;

beforeEach(async () => {
  host = new SwarmHost();
  appPort = await freePort();
  operator = join(host.root, "operator");
  mkdirSync(join(operator, "box"), { recursive: true });
  // It does not say how the app is reached, so the run has to find out.
  writeFileSync(join(operator, "box", "recipe.yml"), `allow: { ports: [${appPort}] }\n`);
  authority = makeAuthority(zone);
});
afterEach(async () => {
  await caddy?.stop();
  caddy = undefined;
  await host.close();
});

/** A recipe like most: traefik's label names its port. The proxy reaches the app at a port of the host. */
const makeRecipe = (): { readonly source: string; readonly domain: string } => {
  const source = join(host.root, "box");
  const files = {
    "compose.yml": `services:
  app:
    image: local/echo-app:1.0.0
    stop_grace_period: 1s
    ports: [{ target: 8080, published: ${appPort}, mode: host }]
    deploy: { labels: ["traefik.http.services.\${STACK_NAME}_app.loadbalancer.server.port=8080"] }
`,
    ".env.sample": "TYPE=box\nDOMAIN=box.example.com\n",
    "abra.sh": "",
  };
  mkdirSync(source);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(source, name), content);
  const git = (...args: readonly string[]): string =>
    must("git", ["-C", source, "-c", "user.name=t", "-c", "user.email=t@localhost", ...args]).trim();
  git("init", "--quiet", "--initial-branch=main");
  git("add", "--all");
  git("commit", "--quiet", "--message=A recipe");
  const digest = createHash("sha256")
    .update(`box|0|${git("rev-parse", "HEAD")}`)
    .digest("hex");
  return { source, domain: `box-${digest.slice(0, 6)}.${zone}` };
};

const run = async (source: string, extra: NodeJS.ProcessEnv) =>
  host.start(["run", "box", "--src", source, "--stages", "install"], "proxied", { CCCI_ZONE: zone, CCCI_RECIPES_DIR: operator, ...extra })
    .ended;

const leftOfZone = (): readonly string[] =>
  docker("service", "ls", "--format", "{{.Name}}").filter((name) => name.includes(zone.replaceAll(".", "_")));

const proxied = testWith("caddy", "openssl", "root");

proxied("when a TLS proxy serves the app's domain, the run reaches the app there without a setting, and says so", async () => {
  const { source, domain } = makeRecipe();
  caddy = await startCaddy(authority, zone, { [domain]: `reverse_proxy 127.0.0.1:${appPort}` }, undefined, 443);
  const { code, stdout } = await run(source, { CCCI_CA_FILE: authority.ca });
  expect(stdout).toContain(`a proxy serves https://${domain}: the app is reached through it`);
  expect(code, stdout).toBe(0);
  expect(leftOfZone()).toEqual([]);
});

proxied("when the proxy does not serve the app's domain, the run reaches the app directly and says why", async () => {
  const { source, domain } = makeRecipe();
  caddy = await startCaddy(authority, zone, {}, undefined, 443);
  const { code, stdout } = await run(source, { CCCI_CA_FILE: authority.ca });
  expect(stdout).toMatch(new RegExp(`no proxy serves https://${domain.replaceAll(".", "[.]")}.*reaching service:app:8080 directly`));
  expect(code, stdout).toBe(0);
});

proxied("when the proxy's certificate is not trusted, the run names the authority that signed it", async () => {
  const { source, domain } = makeRecipe();
  caddy = await startCaddy(authority, zone, { [domain]: `reverse_proxy 127.0.0.1:${appPort}` }, undefined, 443);
  const { stdout } = await run(source, {});
  expect(stdout).toContain("by A test authority, is not trusted here");
});
