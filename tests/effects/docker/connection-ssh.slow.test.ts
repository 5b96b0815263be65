import { describe, expect } from "vitest";
import { expectNoProcesses, isAlive, until } from "../../support/processes.js";
import { testWith } from "../../support/programs.js";
import { sendSignal } from "../../support/signal.js";
import { failureOf } from "../../support/failure-of.js";
import { beyondSsh, comesIn, engineBy, expectNamed, needed, unknown, wayToNowhere, type Obstacle } from "./over-ssh.js";

const test = testWith(...needed);

describe("an Engine behind ssh", () => {
  test("shares a few connections among many calls, because each connection costs two handshakes", async () => {
    const { sshd } = await beyondSsh((_, answer) => void answer.end("[]"));
    const { engine, registry } = engineBy(sshd.env);
    await Promise.all(Array.from({ length: 40 }, () => engine.json("GET", "/services")));
    expect(registry.alive().length).toBeLessThanOrEqual(3);
    expect(sshd.clients().length).toBeLessThanOrEqual(6);
  });

  test("is docker-unreachable when sshd is killed in the middle of an answer, and answers once sshd is back", async () => {
    let isBack = false;
    const { daemon, sshd } = await beyondSsh((_, answer) =>
      isBack ? void answer.end("[]") : void answer.writeHead(200, { "Content-Length": "100000" }).write("[".repeat(50_000)),
    );
    const { engine } = engineBy(sshd.env);
    const asking = failureOf(engine.json("GET", "/services"));
    await comesIn(daemon);
    const killed = sshd.living();
    expect(killed).not.toEqual([]);
    await sshd.down();
    expect(await asking).toMatchObject({
      code: "docker-unreachable",
      hint: expect.stringMatching(`connection to that host broke|${unknown}`) as string,
    });
    await expectNoProcesses(() => killed.filter(isAlive));
    isBack = true;
    await sshd.up();
    expect(await engine.json("GET", "/services")).toEqual([]);
  });

  test("is docker-hung when it falls silent in the middle of an answer beyond the budget, and no ssh process stays", async () => {
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
    expect(await asking).toMatchObject({
      code: "docker-hung",
      message: expect.stringContaining(sshd.env.DOCKER_HOST) as string,
      hint: expect.stringContaining("the way to that host") as string,
    });
    await expectNoProcesses(() => sshd.living());
  });
});

describe("when ssh cannot connect, the failure", () => {
  const way = wayToNowhere();

  test.for<Obstacle>([
    [
      "the host has another key than the known one",
      (sshd) => sshd.makeKnown("another"),
      /Host key verification failed\.$/,
      /another key than known_hosts has/,
    ],
    [
      "the host does not accept our key",
      (sshd) => sshd.giveKey({ accepted: false }),
      /Permission denied \(publickey\)\.$/,
      /accepts no key/,
    ],
    [
      "our key needs a passphrase, for which nobody is asked",
      (sshd) => sshd.giveKey({ accepted: true, locked: true }),
      /Permission denied \(publickey\)\.$/,
      /needs no passphrase/,
    ],
    ["the docker daemon does not run there", () => undefined, /dial unix \/nonexistent\/docker\.sock/, /systemctl start docker/],
    [
      "there is no docker client on that host",
      (sshd) => sshd.forceCommand("docker-of-nowhere system dial-stdio"),
      /not found$/,
      /must find docker there/,
    ],
  ])("says what to do if %s", (obstacle) => expectNamed(way.sshd, obstacle));
});
