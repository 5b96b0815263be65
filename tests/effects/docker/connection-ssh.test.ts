import { createServer } from "node:net";
import { describe, expect } from "vitest";
import { listenOnPort } from "../../support/engine/daemon.js";
import { expectNoProcesses, until } from "../../support/processes.js";
import { testWith } from "../../support/programs.js";
import { failureOf } from "../../support/failure-of.js";
import { beyondSsh, comesIn, engineBy, expectNamed, needed, toldFailureOf, wayToNowhere, type Obstacle } from "./over-ssh.js";

// Connections that break or fall silent, and the other reasons why ssh cannot connect: connection-ssh.slow.test.ts.

const test = testWith(...needed);

/** A port that accepts connections and never answers. */
const silentPort = (): Promise<number> => listenOnPort(createServer());

describe("an Engine behind ssh", () => {
  test("answers call after call through one connection", async () => {
    const { sshd } = await beyondSsh((_, answer) => void answer.end(JSON.stringify({ long: "x".repeat(300_000) })));
    const { engine, registry } = engineBy(sshd.env);
    for (let call = 0; call < 3; call += 1) expect(await engine.json("GET", "/services/a")).toEqual({ long: "x".repeat(300_000) });
    expect(registry.alive()).toHaveLength(1);
  });

  test("ends its ssh when a call is aborted in the middle of an answer", async () => {
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

describe("when ssh cannot connect, the failure", () => {
  const way = wayToNowhere();

  const nobodyConfirmed: Obstacle = [
    "nobody has confirmed the host's key",
    (own) => own.makeKnown("none"),
    /Host key verification failed\.$/,
    /Nobody has confirmed that host's key/,
  ];
  test(`says what to do if ${nobodyConfirmed[0]}`, () => expectNamed(way.sshd, nobodyConfirmed));

  test("has ssh's own message if no sshd listens", async () => {
    const { engine } = engineBy({ ...way.sshd.env, DOCKER_HOST: "ssh://127.0.0.1:1" });
    expect(await toldFailureOf(engine)).toMatchObject({
      code: "docker-unreachable",
      message: expect.stringMatching(/ssh:\/\/127\.0\.0\.1:1 does not answer: ssh: connect to host .*Connection refused$/) as string,
      hint: expect.stringMatching(/does sshd listen/) as string,
    });
  });

  test("is docker-hung if the port does not answer within the budget, and no ssh process stays", async () => {
    const { engine } = engineBy({ ...way.sshd.env, DOCKER_HOST: `ssh://127.0.0.1:${await silentPort()}` });
    expect(await failureOf(engine.json("GET", "/services", { limitMs: 500 }))).toMatchObject({ code: "docker-hung", exitCode: 69 });
    await expectNoProcesses(() => way.sshd.living());
  });

  test("is scope-closed at once if the run stops while ssh connects, and the scope then ends ssh", async () => {
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

  test("says to install openssh-client if this host has no ssh", async () => {
    const { engine } = engineBy({ DOCKER_HOST: way.sshd.env.DOCKER_HOST, PATH: way.sshd.pathWithoutSsh() });
    expect(await failureOf(engine.json("GET", "/services"))).toMatchObject({
      code: "docker-unreachable",
      hint: expect.stringContaining("openssh-client") as string,
    });
  });

  test("does not contain the password that an address had, which the docker client refuses", async () => {
    const { engine } = engineBy({ ...way.sshd.env, DOCKER_HOST: "ssh://root:PLANTED@127.0.0.1:1" });
    const failure = await failureOf(engine.json("GET", "/services"));
    expect(failure).toMatchObject({ code: "docker-unreachable", message: expect.stringContaining("password is not supported") as string });
    expect(JSON.stringify([failure, String(failure)])).not.toContain("PLANTED");
  });
});
