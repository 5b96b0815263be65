import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { must, startSilent } from "../children.js";
import { freePort } from "../free-port.js";
import { until } from "../processes.js";

export interface TestAuthority {
  readonly folder: string;
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

/** An authority made for the test, and its certificate for every name below the zone. */
export const makeAuthority = (zone: string): TestAuthority => {
  const folder = mkdtempSync(join(tmpdir(), "recipe-ci-ca-"));
  const at = (name: string): string => join(folder, name);
  const openssl = (...args: readonly string[]): void => void must("openssl", args);
  openssl(
    "req",
    "-x509",
    "-newkey",
    "rsa:2048",
    "-nodes",
    "-keyout",
    at("ca.key"),
    "-out",
    at("ca.pem"),
    "-days",
    "2",
    "-subj",
    "/CN=A test authority",
  );
  openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", at("zone.key"), "-out", at("zone.csr"), "-subj", `/CN=*.${zone}`);
  writeFileSync(at("names"), `subjectAltName=DNS:*.${zone}\n`);
  openssl(
    "x509",
    "-req",
    "-in",
    at("zone.csr"),
    "-CA",
    at("ca.pem"),
    "-CAkey",
    at("ca.key"),
    "-CAcreateserial",
    "-out",
    at("zone.pem"),
    "-days",
    "2",
    "-extfile",
    at("names"),
  );
  return { folder, ca: at("ca.pem"), certificate: at("zone.pem"), key: at("zone.key") };
};

export interface Caddy {
  readonly port: number;
  readonly stop: () => Promise<void>;
}

const isUp = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });

/**
 * A real TLS proxy for the zone's names, at a port of its own unless one is wanted. `sites` is what stands in its file
 * for each name; any other is answered by `otherwise`.
 */
export const startCaddy = async (
  { folder, certificate, key }: TestAuthority,
  zone: string,
  sites: Readonly<Record<string, string>>,
  otherwise = 'respond "404 page not found" 404',
  wanted: number | null = null,
): Promise<Caddy> => {
  const port = wanted ?? (await freePort());
  if (await isUp(port)) throw new Error(`port ${port} is taken on 127.0.0.1`);
  const site = (name: string, body: string): string => `https://${name}:${port} {\n  tls ${certificate} ${key}\n  ${body}\n}\n`;
  const file = join(folder, "Caddyfile");
  writeFileSync(
    file,
    `{\n  admin off\n  auto_https disable_redirects\n}\n${Object.entries(sites)
      .map(([name, body]) => site(name, body))
      .join("")}${site(`*.${zone}`, otherwise)}`,
  );
  const caddy = startSilent("caddy", ["run", "--config", file, "--adapter", "caddyfile"], {
    env: { PATH: process.env["PATH"], HOME: folder },
  });
  const stop = async (): Promise<void> => {
    caddy.kill("SIGTERM");
    await caddy.ends();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await until("caddy listens", () => isUp(port), 60_000);
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, stop };
};
