import { randomBytes } from "node:crypto";
import { createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, onTestFinished } from "vitest";
import { resolveEndpoint } from "../../../src/effects/docker/endpoint.js";
import type { EngineAsk } from "../../../src/effects/docker/engine.js";
import { isRunError } from "../../../src/machines/errors.js";
import { engineAt, listenOnPort, startDaemon, type Daemon, type Handler, type TestEngine } from "../../support/engine/daemon.js";
import { Sshd } from "../../support/engine/sshd.js";
import { expectNoProcesses, until } from "../../support/processes.js";
import { testWith, whyNot } from "../../support/programs.js";
import { sendSignal } from "../../support/signal.js";

const needed = ["docker", "ssh", "sshd"] as const;
const test = testWith(...needed);
const isHere = whyNot(...needed) === null;

const failureOf = (promise: Promise<unknown>): Promise<unknown> => promise.then(() => expect.unreachable(), (error: unknown) => error);

/** What is told where the docker client kept ssh's words for itself: 20.10 does, now and then, when it is written to just as ssh ends. */
const unknown = "Try the same by hand: docker version";

/** How a call fails, by a client that says why. */
const toldFailureOf = async (engine: TestEngine["engine"], ask: EngineAsk = {}): Promise<unknown> => {
  for (let tries = 1; ; tries += 1) {
    const failure = await failureOf(engine.json("GET", "/services", ask));
    if (tries === 6 || !isRunError(failure) || failure.hint !== unknown) return failure;
  }
};

/** What a run would talk to with these variables. Nothing of it is alive when the test is over, here or beyond. */
const engineBy = (env: { readonly DOCKER_HOST: string; readonly PATH: string }): TestEngine => {
  const CCCI_RUN_COOKIE = randomBytes(8).toString("hex");
  // Registered first, so that it is asked after the engine was closed.
  onTestFinished(() => expectNoProcesses(CCCI_RUN_COOKIE));
  return engineAt(resolveEndpoint({ docker: "docker", sandbox: null, env }), { CCCI_RUN_COOKIE, ...env });
};

const isPing = (call: string): boolean => call.endsWith("/_ping");

const comesIn = (daemon: Daemon): Promise<void> => until("the call has come in", () => daemon.calls.some((call) => !isPing(call)));

/** The docker clients on both ends ask whether a daemon is there, before anything of ours comes in. */
const beyondSsh = async (handle: Handler) => {
  const daemon = await startDaemon((request, answer) => (isPing(request.url ?? "") ? void answer.end("OK") : handle(request, answer)));
  const sshd = await Sshd.start(daemon.socket);
  onTestFinished(() => sshd.close());
  return { daemon, sshd };
};

/** A port that takes connections and never says a word. */
const silentPort = (): Promise<number> => listenOnPort(createServer());

describe("an Engine behind ssh", () => {
  test("answers call after call through one connection", async () => {
    const { sshd } = await beyondSsh((_, answer) => void answer.end(JSON.stringify({ long: "x".repeat(300_000) })));
    const { engine, registry } = engineBy(sshd.env);
    for (let call = 0; call < 3; call += 1) expect(await engine.json("GET", "/services/a")).toEqual({ long: "x".repeat(300_000) });
    expect(registry.alive()).toHaveLength(1);
  });

  test("is asked over a few connections however many calls there are, for each costs two handshakes", async () => {
    const { sshd } = await beyondSsh((_, answer) => void answer.end("[]"));
    const { engine, registry } = engineBy(sshd.env);
    await Promise.all(Array.from({ length: 40 }, () => engine.json("GET", "/services")));
    expect(registry.alive().length).toBeLessThanOrEqual(3);
    expect(sshd.clients().length).toBeLessThanOrEqual(6);
  });

  test("is unreachable where sshd is killed in the middle of an answer, and answers the next call once it is back", async () => {
    let isBack = false;
    const { daemon, sshd } = await beyondSsh((_, answer) => (isBack ? void answer.end("[]") : void answer.writeHead(200, { "Content-Length": "100000" }).write("[".repeat(50_000))));
    const { engine } = engineBy(sshd.env);
    const asking = failureOf(engine.json("GET", "/services"));
    await comesIn(daemon);
    const killed = sshd.living();
    await sshd.down();
    expect(await asking).toMatchObject({ code: "docker-unreachable", hint: expect.stringMatching(`connection to that host broke|${unknown}`) as string });
    await expectNoProcesses(killed);
    isBack = true;
    await sshd.up();
    expect(await engine.json("GET", "/services")).toEqual([]);
  });

  test("that falls silent in the middle of an answer is docker-hung when the budget is over, and no ssh stays", async () => {
    let asked = 0;
    const { sshd } = await beyondSsh((_, answer) => {
      asked += 1;
      if (asked < 2) return void answer.end("[]");
      answer.writeHead(200, { "Content-Length": "100000" }).write("[".repeat(50_000));
    });
    const { engine } = engineBy(sshd.env);
    await engine.json("GET", "/services");
    const asking = failureOf(engine.json("GET", "/services", { limitMs: 1_500 }));
    await until("the call has come in", () => asked === 2);
    for (const session of sshd.sessions()) sendSignal(session, "SIGSTOP");
    expect(await asking).toMatchObject({ code: "docker-hung", message: expect.stringContaining(sshd.env.DOCKER_HOST) as string, hint: expect.stringContaining("the way to that host") as string });
    await expectNoProcesses(sshd.clients());
  });

  test("an abort in the middle of an answer is heard at once, and ends ssh", async () => {
    const { daemon, sshd } = await beyondSsh(() => undefined);
    const { engine } = engineBy(sshd.env);
    const stop = new AbortController();
    const asking = failureOf(engine.json("GET", "/services", { signal: stop.signal }));
    await comesIn(daemon);
    const abortedAt = performance.now();
    stop.abort();
    expect(await asking).toMatchObject({ name: "AbortError" });
    expect(performance.now() - abortedAt).toBeLessThan(50);
    await expectNoProcesses(sshd.clients());
  });
});

describe("an ssh that gets nowhere", () => {
  let sshd: Sshd;
  beforeAll(async () => {
    if (isHere) sshd = await Sshd.start("/nonexistent/docker.sock");
  });
  afterAll(async () => {
    if (isHere) await sshd.close();
  });

  const byHand = /ssh .*-l \S+ -p \d+ -- 127\.0\.0\.1 docker version$/;
  test.for<readonly [string, () => void, RegExp, RegExp]>([
    ["a key of that host that nobody has confirmed", () => sshd.makeKnown("none"), /Host key verification failed\.$/, /Nobody has confirmed that host's key/],
    ["another key of that host than the known one", () => sshd.makeKnown("another"), /Host key verification failed\.$/, /another key than known_hosts has/],
    ["a key of ours that is not accepted", () => sshd.giveKey({ accepted: false }), /Permission denied \(publickey\)\.$/, /accepts no key/],
    ["a key of ours with a passphrase, for which nobody is asked", () => sshd.giveKey({ accepted: true, locked: true }), /Permission denied \(publickey\)\.$/, /needs no passphrase/],
    ["a docker that does not run there", () => undefined, /dial unix \/nonexistent\/docker\.sock/, /systemctl start docker/],
    ["a docker client that is not there", () => sshd.forceCommand("docker-of-nowhere system dial-stdio"), /not found$/, /must find docker there/],
  ])("%s is named with what to do", async ([, breakIt, message, hint], { onTestFinished: atEnd }) => {
    atEnd(() => sshd.mend());
    breakIt();
    const { engine } = engineBy(sshd.env);
    const failure = await toldFailureOf(engine, { limitMs: 20_000 });
    expect(failure).toMatchObject({ code: "docker-unreachable", exitCode: 69, message: expect.stringMatching(message) as string, hint: expect.stringMatching(hint) as string });
    expect(failure).toMatchObject({ hint: expect.stringMatching(byHand) as string });
    await expectNoProcesses(sshd.clients());
  });

  test("an sshd that does not run is told so", async () => {
    const { engine } = engineBy({ ...sshd.env, DOCKER_HOST: "ssh://127.0.0.1:1" });
    expect(await toldFailureOf(engine)).toMatchObject({
      code: "docker-unreachable",
      message: expect.stringMatching(/ssh:\/\/127\.0\.0\.1:1 does not answer: ssh: connect to host .*Connection refused$/) as string,
      hint: expect.stringMatching(/does sshd listen/) as string,
    });
  });

  test("a port that never says a word is docker-hung when the budget is over, and no ssh stays", async () => {
    const { engine } = engineBy({ ...sshd.env, DOCKER_HOST: `ssh://127.0.0.1:${await silentPort()}` });
    expect(await failureOf(engine.json("GET", "/services", { limitMs: 500 }))).toMatchObject({ code: "docker-hung", exitCode: 69 });
    await expectNoProcesses(sshd.clients());
  });

  test("a stop while ssh connects is heard at once, and ends it with its scope", async () => {
    const before = sshd.clients().length;
    const { engine, registry } = engineBy({ ...sshd.env, DOCKER_HOST: `ssh://127.0.0.1:${await silentPort()}` });
    const asking = failureOf(engine.json("GET", "/services"));
    await until("ssh is there", () => sshd.clients().length > before);
    const stoppedAt = performance.now();
    const drained = registry.scope("work").drain(4_000);
    expect(await asking).toMatchObject({ code: "scope-closed" });
    expect(performance.now() - stoppedAt).toBeLessThan(50);
    await drained;
    expect(performance.now() - stoppedAt).toBeLessThan(1_500);
    await expectNoProcesses(sshd.clients());
  });

  test("a host that has no ssh is told to install it", async () => {
    const { engine } = engineBy({ DOCKER_HOST: sshd.env.DOCKER_HOST, PATH: sshd.pathWithoutSsh() });
    expect(await failureOf(engine.json("GET", "/services"))).toMatchObject({ code: "docker-unreachable", hint: expect.stringContaining("openssh-client") as string });
  });

  test("a password in the address, which the docker client refuses, is not told", async () => {
    const { engine } = engineBy({ ...sshd.env, DOCKER_HOST: "ssh://root:PLANTED@127.0.0.1:1" });
    const failure = await failureOf(engine.json("GET", "/services"));
    expect(failure).toMatchObject({ code: "docker-unreachable", message: expect.stringContaining("password is not supported") as string });
    expect(JSON.stringify([failure, String(failure)])).not.toContain("PLANTED");
  });
});
