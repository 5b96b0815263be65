import { createServer } from "node:net";
import { describe, expect } from "vitest";
import { listenOnPort } from "../../support/engine/daemon.js";
import { expectNoProcesses, until } from "../../support/processes.js";
import { testWith } from "../../support/programs.js";
import { failureOf } from "../../support/failure-of.js";
import { beyondSsh, comesIn, engineBy, expectNamed, needed, toldFailureOf, wayToNowhere, type Obstacle } from "./over-ssh.js";

// A way that breaks or falls silent, and the other keys and hosts that get nowhere: connection-ssh.slow.test.ts.

const test = testWith(...needed);

/** A port that takes connections and never says a word. */
const silentPort = (): Promise<number> => listenOnPort(createServer());

describe("an Engine behind ssh", () => {
  test("answers call after call through one connection", async () => {
    const { sshd } = await beyondSsh((_, answer) => void answer.end(JSON.stringify({ long: "x".repeat(300_000) })));
    const { engine, registry } = engineBy(sshd.env);
    for (let call = 0; call < 3; call += 1) expect(await engine.json("GET", "/services/a")).toEqual({ long: "x".repeat(300_000) });
    expect(registry.alive()).toHaveLength(1);
  });

  test("an abort in the middle of an answer is heard, and ends ssh", async () => {
    const { daemon, sshd } = await beyondSsh(() => undefined);
    const { engine } = engineBy(sshd.env);
    const stop = new AbortController();
    const asking = failureOf(engine.json("GET", "/services", { signal: stop.signal }));
    await comesIn(daemon);
    stop.abort();
    expect(await asking).toMatchObject({ name: "AbortError" });
    await expectNoProcesses(() => sshd.living());
  });
});

describe("an ssh that gets nowhere", () => {
  const way = wayToNowhere();

  const nobodyConfirmed: Obstacle = [
    "a key of that host that nobody has confirmed",
    (own) => own.makeKnown("none"),
    /Host key verification failed\.$/,
    /Nobody has confirmed that host's key/,
  ];
  test(`${nobodyConfirmed[0]} is named with what to do`, () => expectNamed(way.sshd, nobodyConfirmed));

  test("an sshd that does not run is told so", async () => {
    const { engine } = engineBy({ ...way.sshd.env, DOCKER_HOST: "ssh://127.0.0.1:1" });
    expect(await toldFailureOf(engine)).toMatchObject({
      code: "docker-unreachable",
      message: expect.stringMatching(/ssh:\/\/127\.0\.0\.1:1 does not answer: ssh: connect to host .*Connection refused$/) as string,
      hint: expect.stringMatching(/does sshd listen/) as string,
    });
  });

  test("a port that never says a word is docker-hung when the budget is over, and no ssh stays", async () => {
    const { engine } = engineBy({ ...way.sshd.env, DOCKER_HOST: `ssh://127.0.0.1:${await silentPort()}` });
    expect(await failureOf(engine.json("GET", "/services", { limitMs: 500 }))).toMatchObject({ code: "docker-hung", exitCode: 69 });
    await expectNoProcesses(() => way.sshd.living());
  });

  test("a stop while ssh connects is heard before ssh ends, and ends it with its scope", async () => {
    const before = way.sshd.clients().length;
    const { engine, registry } = engineBy({ ...way.sshd.env, DOCKER_HOST: `ssh://127.0.0.1:${await silentPort()}` });
    const asking = failureOf(engine.json("GET", "/services"));
    await until("ssh is there", () => way.sshd.clients().length > before);
    const order: string[] = [];
    const drained = registry
      .scope("work")
      .drain(4_000)
      .then(() => order.push("ssh has ended"));
    expect(await asking).toMatchObject({ code: "scope-closed" });
    order.push("heard");
    await drained;
    expect(order).toEqual(["heard", "ssh has ended"]);
    await expectNoProcesses(() => way.sshd.living());
  });

  test("a host that has no ssh is told to install it", async () => {
    const { engine } = engineBy({ DOCKER_HOST: way.sshd.env.DOCKER_HOST, PATH: way.sshd.pathWithoutSsh() });
    expect(await failureOf(engine.json("GET", "/services"))).toMatchObject({
      code: "docker-unreachable",
      hint: expect.stringContaining("openssh-client") as string,
    });
  });

  test("a password in the address, which the docker client refuses, is not told", async () => {
    const { engine } = engineBy({ ...way.sshd.env, DOCKER_HOST: "ssh://root:PLANTED@127.0.0.1:1" });
    const failure = await failureOf(engine.json("GET", "/services"));
    expect(failure).toMatchObject({ code: "docker-unreachable", message: expect.stringContaining("password is not supported") as string });
    expect(JSON.stringify([failure, String(failure)])).not.toContain("PLANTED");
  });
});
