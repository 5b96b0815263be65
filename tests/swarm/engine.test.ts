import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer } from "node:tls";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { isNotFound } from "../../src/effects/docker/engine-errors.js";
import type { Container, Service, Version, VolumeList } from "../../src/effects/docker/engine-schema.js";
import { resolveEndpoint } from "../../src/effects/docker/endpoint.js";
import { must } from "../support/children.js";
import { engineAt, engineOn, type TestEngine } from "../support/engine/daemon.js";
import { failureOf } from "../support/failure-of.js";
import { OwnDaemon } from "../support/swarm/own-daemon.js";

const realSocket = "/var/run/docker.sock";
const mark = `engine${process.pid}`;

/** The engine that a run with these variables would talk to. */
const engineBy = (env: Readonly<Record<string, string>>): TestEngine =>
  engineAt(resolveEndpoint({ docker: "docker", sandbox: null, env: { HOME: "/nonexistent", ...env } }), { HOME: "/nonexistent", ...env });

describe("the real Engine", () => {
  const engine = () => engineOn(realSocket);

  test("keeps commas and equals signs in a label's value and finds the object by it", async () => {
    const own = engine();
    const value = "a,b=c,com.docker.stack.namespace=other";
    await own.json("POST", "/volumes/create", { body: { Name: mark, Labels: { [mark]: value } } });
    onTestFinished(() => own.json("DELETE", `/volumes/${mark}`));
    const { Volumes } = await own.json<VolumeList>("GET", "/volumes", { query: { filters: { label: [`${mark}=${value}`] } } });
    expect(Volumes?.map(({ Name, Labels }) => [Name, Labels])).toEqual([[mark, { [mark]: value }]]);
  });

  test("answers 404 when an object is not there, and 409 when it is there already or in use", async () => {
    const own = engine();
    expect(isNotFound(await failureOf(own.json("GET", `/services/${mark}`)))).toBe(true);
    expect(isNotFound(await failureOf(own.json("DELETE", `/volumes/${mark}-none`)))).toBe(true);
    const body = { Image: "local/echo-app:1.0.0", HostConfig: { Mounts: [{ Type: "volume", Source: `${mark}-used`, Target: "/data" }] } };
    const { Id } = await own.json<Container>("POST", "/containers/create", { query: { name: mark }, body });
    onTestFinished(async () => {
      await own.json("DELETE", `/containers/${Id}`, { query: { force: true } });
      await own.json("DELETE", `/volumes/${mark}-used`);
    });
    expect(await failureOf(own.json("POST", "/containers/create", { query: { name: mark }, body }))).toMatchObject({ status: 409 });
    expect(await failureOf(own.json("DELETE", `/volumes/${mark}-used`))).toMatchObject({ status: 409 });
  });

  test("ends a stream of events when it is aborted, and answers the next call", async () => {
    const own = engine();
    const stop = new AbortController();
    const stream = await own.stream("GET", "/events", { signal: stop.signal });
    const read = failureOf(stream.toArray());
    stop.abort();
    expect(await read).toMatchObject({ name: "AbortError" });
    expect(await own.json<Version>("GET", "/version")).toMatchObject({ ApiVersion: expect.any(String) as string });
  });

  test("is dialled through the docker client that the operator named", async () => {
    const { engine: dialled, registry } = engineAt({ kind: "dial", docker: "docker", said: "docker" });
    expect(Array.isArray(await dialled.json<readonly Service[]>("GET", "/services"))).toBe(true);
    expect(registry.alive()).toHaveLength(1);
  });
});

const openssl = (cwd: string, ...args: readonly string[]): void => void must("openssl", args, { cwd });

/** Writes a CA and the certificates that it signed for a server and a client, under the names that the docker client looks for. */
const makeCertificates = (folder: string): void => {
  const ed = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"];
  openssl(folder, "req", "-x509", ...ed, "-subj", "/CN=test-ca", "-keyout", "ca-key.pem", "-out", "ca.pem");
  for (const [name, san] of [
    ["server", "IP:127.0.0.1"],
    ["client", "DNS:client"],
  ] as const) {
    const [key, out] = name === "server" ? ["server-key.pem", "server.pem"] : ["key.pem", "cert.pem"];
    openssl(
      folder,
      "req",
      "-x509",
      ...ed,
      "-subj",
      `/CN=${name}`,
      "-addext",
      `subjectAltName=${san}`,
      "-CA",
      "ca.pem",
      "-CAkey",
      "ca-key.pem",
      "-keyout",
      key,
      "-out",
      out,
    );
  }
};

describe("an Engine behind TLS", () => {
  let folder: string;
  let port: number;
  let close: () => void;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "engine-tls-"));
    makeCertificates(folder);
    const read = (name: string): Buffer => readFileSync(join(folder, name));
    const server = createServer(
      { ca: read("ca.pem"), key: read("server-key.pem"), cert: read("server.pem"), requestCert: true, rejectUnauthorized: true },
      (client) => {
        const daemon = connect(realSocket);
        client.pipe(daemon).pipe(client);
        for (const one of [client, daemon]) one.on("error", () => [client, daemon].forEach((other) => other.destroy()));
      },
    );
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
    const address = server.address();
    port = typeof address === "object" ? (address?.port ?? 0) : 0;
    close = () => server.close();
  });
  afterAll(() => {
    close();
    rmSync(folder, { recursive: true });
  });
  const host = () => `tcp://127.0.0.1:${port}`;

  test("is reached with the docker client's own variables", async () => {
    const { engine, registry } = engineBy({ DOCKER_HOST: host(), DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: folder });
    for (let call = 0; call < 3; call += 1) expect(Array.isArray(await engine.json("GET", "/services"))).toBe(true);
    expect(registry.alive()).toHaveLength(1);
  });

  test("is unreachable when it does not know the client's certificate, and the message has the docker client's reason", async () => {
    const empty = mkdtempSync(join(tmpdir(), "engine-none-"));
    onTestFinished(() => rmSync(empty, { recursive: true }));
    makeCertificates(empty);
    const { engine } = engineBy({ DOCKER_HOST: host(), DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: empty });
    expect(await failureOf(engine.json("GET", "/services"))).toMatchObject({
      code: "docker-unreachable",
      message: expect.stringMatching(/certificate|tls|x509/i) as string,
    });
  });

  test("is reached by a context that a variable or the docker client's settings name", async () => {
    const DOCKER_CONFIG = mkdtempSync(join(tmpdir(), "engine-context-"));
    onTestFinished(() => rmSync(DOCKER_CONFIG, { recursive: true }));
    chmodSync(DOCKER_CONFIG, 0o700);
    const docker = (...args: readonly string[]): void => void must("docker", args, { env: { PATH: process.env["PATH"], DOCKER_CONFIG } });
    docker("context", "create", "far", "--docker", `host=${host()},ca=${folder}/ca.pem,cert=${folder}/cert.pem,key=${folder}/key.pem`);
    const { engine } = engineBy({ DOCKER_CONFIG, DOCKER_CONTEXT: "far" });
    expect(Array.isArray(await engine.json("GET", "/services"))).toBe(true);
    docker("context", "use", "far");
    const { engine: used } = engineBy({ DOCKER_CONFIG });
    expect(Array.isArray(await used.json("GET", "/services"))).toBe(true);
  });
});

test("when the Engine is in no Swarm, a call fails as no-swarm; when it was stopped, as docker-unreachable", async () => {
  const daemon = await OwnDaemon.start();
  try {
    const { engine } = engineBy(daemon.env);
    expect(await failureOf(engine.json("GET", "/services"))).toMatchObject({ code: "no-swarm" });
    await daemon.down();
    expect(await failureOf(engine.json("GET", "/services"))).toMatchObject({ code: "docker-unreachable" });
  } finally {
    await daemon.dispose();
  }
}, 120_000);
